namespace Concert.Consistency.Tests.Reading;

/// <summary>A value as it is written; what would have to be evaluated stays text.</summary>
internal abstract record BicepValue
{
    public BicepValue this[string name] =>
        (this as BicepObject)?.Properties.GetValueOrDefault(name) ?? throw new KeyNotFoundException($"There is no {name} in {this}.");

    /// <summary>The string, number or flag that is written; an expression as its text.</summary>
    public string Text => this switch
    {
        BicepString value => value.Value,
        BicepExpression value => value.Source,
        _ => throw new InvalidOperationException($"{this} is not one value."),
    };

    public IReadOnlyList<BicepValue> Items => (this as BicepArray)?.Values ?? throw new InvalidOperationException($"{this} is no array.");
}

/// <summary>A quoted string, without its quotes; an interpolation stays as written.</summary>
internal sealed record BicepString(string Value) : BicepValue;

/// <summary>Anything that is neither string, object, array nor loop: numbers and flags too.</summary>
internal sealed record BicepExpression(string Source) : BicepValue;

internal sealed record BicepArray(IReadOnlyList<BicepValue> Values) : BicepValue;

internal sealed record BicepObject(IReadOnlyDictionary<string, BicepValue> Properties) : BicepValue
{
    public bool Has(string name) => Properties.ContainsKey(name);
}

/// <summary><c>[for item in items: body]</c></summary>
internal sealed record BicepLoop(string Source, BicepValue Body) : BicepValue;
