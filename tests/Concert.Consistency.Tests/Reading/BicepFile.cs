namespace Concert.Consistency.Tests.Reading;

/// <summary><c>resource symbol 'type@version' = { … }</c>; <see cref="Decorators"/> by name.</summary>
internal sealed record BicepResource(string Symbol, string Type, bool IsExisting, BicepValue Body, IReadOnlyList<string> Decorators)
{
    /// <summary>The object deployed, also where a loop or condition stands around it.</summary>
    public BicepObject Declared => (Body is BicepLoop loop ? loop.Body : Body) as BicepObject ?? throw new InvalidDataException($"{Symbol} has no body.");
}

/// <summary><c>module symbol 'path' = { … }</c></summary>
internal sealed record BicepModule(string Symbol, string Path, BicepObject Body)
{
    public IEnumerable<string> Given => ((BicepObject)Body["params"]).Properties.Keys;
}

/// <summary><c>param name type = default</c>; a null default must be given.</summary>
internal sealed record BicepParameter(string Name, string Type, BicepValue? Default, bool IsSecure);

/// <summary>What a template declares, read well enough to compare it with other files; it proves no syntax.</summary>
internal sealed class BicepFile
{
    private BicepFile(string path, string source) => (Path, Source) = (path, source);

    public string Path { get; }

    public string Source { get; }

    public List<BicepResource> Resources { get; } = [];

    public List<BicepModule> Modules { get; } = [];

    public Dictionary<string, BicepParameter> Parameters { get; } = [];

    public Dictionary<string, BicepValue> Variables { get; } = [];

    public Dictionary<string, BicepValue> Outputs { get; } = [];

    public static BicepFile Parse(string path, string source)
    {
        var file = new BicepFile(path, source);
        new BicepParser(source).ReadInto(file);
        return file;
    }

    /// <summary>The one deployed resource of a type, whatever its API version.</summary>
    public BicepResource Resource(string type) => Resources.Single(r => !r.IsExisting && r.Type.StartsWith(type + "@", StringComparison.OrdinalIgnoreCase));

    public IEnumerable<BicepResource> ResourcesOf(string type) =>
        Resources.Where(r => !r.IsExisting && r.Type.StartsWith(type + "@", StringComparison.OrdinalIgnoreCase));
}
