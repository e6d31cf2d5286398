using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Concert.Simulation.Engine;

/// <summary>What happened, in order: always as a hash, as readable lines only when they are wanted.</summary>
public sealed class History(World world, bool record)
{
    private readonly List<string> _lines = [];

    public bool IsRecorded => record;

    /// <summary>The same for two runs in which the same happened at the same times.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037UL;

    public IReadOnlyList<string> Lines => _lines;

    public void Mix(long value) => Hash = ((Hash ^ (ulong)value ^ ((ulong)world.Now << 8)) * 1099511628211UL) ^ (Hash >> 29);

    public void Mix(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            Hash = (Hash ^ b) * 1099511628211UL;
        }
    }

    /// <summary>A line of the timeline; its text is not even built when nobody reads it.</summary>
    public void Add(string who, [InterpolatedStringHandlerArgument("")] ref Line line)
    {
        if (record)
        {
            var at = TimeSpan.FromTicks(world.Now);
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(long)at.TotalSeconds,5}.{at.Milliseconds:D3}{at.Microseconds / 100:D1}  {who,-9} {line.Text}"));
        }
    }

    [InterpolatedStringHandler]
    public readonly ref struct Line
    {
        private readonly StringBuilder? _text;

        public Line(int literalLength, int formattedCount, History history, out bool wanted)
        {
            wanted = history.IsRecorded;
            _text = wanted ? new StringBuilder(literalLength + (16 * formattedCount)) : null;
        }

        public string Text => _text?.ToString() ?? "";

        public void AppendLiteral(string text) => _text!.Append(text);

        public void AppendFormatted<T>(T value, string format)
            where T : IFormattable => _text!.Append(value.ToString(format, CultureInfo.InvariantCulture));

        public void AppendFormatted<T>(T value) => _text!.Append(CultureInfo.InvariantCulture, $"{value}");
    }
}
