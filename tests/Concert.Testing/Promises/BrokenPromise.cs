namespace Concert.Testing.Promises;

/// <summary>A promise that the evidence shows to be broken.</summary>
/// <param name="Rule">The promise's short name: S1 to S4, L1 to L4, Q1, F1, limit, history, promise.</param>
/// <param name="Detail">Who, what and the numbers.</param>
public sealed record BrokenPromise(string Rule, string Detail)
{
    public override string ToString() => $"{Rule} {Detail}";
}
