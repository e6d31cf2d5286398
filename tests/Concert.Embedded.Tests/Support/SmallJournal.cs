namespace Concert.Embedded.Tests.Support;

/// <summary>A journal of a few acknowledged steps, and what was there after each of them.</summary>
internal sealed class SmallJournal
{
    private SmallJournal(string segment, byte[] bytes, List<(int Length, string State)> steps) => (Segment, Bytes, Steps) = (segment, bytes, steps);

    public string Segment { get; }

    public byte[] Bytes { get; }

    /// <summary>The journal's length and the state's text when each step was acknowledged; the first is the empty one.</summary>
    public IReadOnlyList<(int Length, string State)> Steps { get; }

    public static async Task<SmallJournal> WriteAsync()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files);
        var segment = files.Single("journal-");
        var steps = new List<(int Length, string State)> { (0, await TextAsync(backend)) };
        Func<Task>[] actions =
        [
            () => backend.CommitAsync(Folder.Upsert("counters", "\"left\":2"), Folder.Upsert("s:1", "\"status\":\"HELD\",\"due\":5")),
            () => backend.SendAsync(Folder.Message("m1"), Folder.Message("m2", "t")),
            () => backend.CommitAsync(new Booking.Storage.DocumentOperation.Delete("s:1"), Folder.Upsert("s:2", "\"name\":\"좌석\"")),
            () => backend.CommitAsync(new Booking.Storage.DocumentOperation.Increment("counters", [new("left", -1)])),
            () => backend.SendAsync(Folder.Message("m3")),
        ];
        foreach (var act in actions)
        {
            await act();
            steps.Add((files[segment].Length, await TextAsync(backend)));
        }

        return new SmallJournal(segment, files[segment], steps);
    }

    public MemoryFiles With(byte[] bytes) => new() { [Segment] = bytes };

    /// <summary>Documents and queue depth.</summary>
    public static async Task<string> TextAsync(EmbeddedBackend backend) =>
        string.Join('\n', await backend.DocumentsAsync()) + $"\n{backend.Queue.Status.Depth} messages";
}
