using Concert.Booking.Ports;

namespace Concert.Benchmarks.Services;

/// <summary>
/// Two recorded states of a schedule's sections. Handing out one and the other makes the reader render again what differs, as after a hold, without the cost
/// of the hold.
/// </summary>
internal sealed class AlternatingMaps : ISeatMapCache
{
    private readonly List<ReadOnlyMemory<byte>[]> _states = [];
    private int _calls;

    /// <summary>While it is true, each call reads the sections and keeps them as one more state.</summary>
    public bool IsRecording { get; set; } = true;

    /// <summary>Sections, from the first, that differ from call to call.</summary>
    public int Changing { get; set; }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetAsync(
        string scheduleId, IReadOnlyList<string> sections, Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        if (IsRecording)
        {
            var read = new ReadOnlyMemory<byte>[sections.Count];
            for (var i = 0; i < read.Length; i++)
            {
                read[i] = await build(sections[i], cancellationToken);
            }

            _states.Add(read);
            return read;
        }

        var state = (ReadOnlyMemory<byte>[])_states[0].Clone();
        if (_calls++ % 2 == 1)
        {
            _states[1].AsSpan(0, Changing).CopyTo(state);
        }

        return state;
    }

    public Task<CommitResult> ChangeAsync(string scheduleId, string section, Func<Task<CommitResult>> commit) => commit();
}
