namespace Concert.Bench.Growth;

/// <summary>Values by size, each the median of its rounds.</summary>
internal sealed class Series(string kind, IReadOnlyList<int> sizes)
{
    private readonly Dictionary<(int Size, string Name), List<double>> _values = [];

    public string Kind => kind;

    public IReadOnlyList<int> Sizes => sizes;

    public void Add(int size, string name, double value)
    {
        if (!_values.TryGetValue((size, name), out var values))
        {
            _values[(size, name)] = values = [];
        }

        values.Add(value);
    }

    /// <summary>Null where it was not measured.</summary>
    public double? Find(int size, string name)
    {
        if (!_values.TryGetValue((size, name), out var values))
        {
            return null;
        }

        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Of the sizes where it was measured.</summary>
    public IEnumerable<(int Size, double Value)> Of(string name) =>
        sizes.Select(size => (size, Find(size, name))).Where(found => found.Item2 is not null).Select(found => (found.size, found.Item2!.Value));
}
