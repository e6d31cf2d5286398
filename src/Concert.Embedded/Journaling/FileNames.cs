using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Concert.Embedded.Journaling;

/// <summary>Names of the data folder: the number is a segment's first sequence, or the last one a snapshot includes.</summary>
internal static class FileNames
{
    public const string Temporary = "snapshot.tmp";

    private const string SegmentPrefix = "journal-";
    private const string SnapshotPrefix = "snapshot-";

    public static string Segment(long firstSequence) => $"{SegmentPrefix}{firstSequence:D19}.log";

    public static string Snapshot(long lastSequence) => $"{SnapshotPrefix}{lastSequence:D19}.snap";

    public static bool IsSegment(string name, out long firstSequence) => TryParse(name, SegmentPrefix, ".log", out firstSequence);

    public static bool IsSnapshot(string name, out long lastSequence) => TryParse(name, SnapshotPrefix, ".snap", out lastSequence);

    private static bool TryParse([NotNullWhen(true)] string? name, string prefix, string suffix, out long number)
    {
        number = 0;
        return name is not null && name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan()[prefix.Length..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
