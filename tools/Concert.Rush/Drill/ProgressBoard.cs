namespace Concert.Rush.Drill;

/// <summary>What is counted while the rush runs. <see cref="Queued"/> and <see cref="Active"/> go up and down.</summary>
public enum Stage
{
    Queued,
    Active,
    Asked,
    Accepted,
    Held,
    Refused,
    Charged,
    Paid,
    Cancelled,
    Finished,
    Audited,
}

/// <summary>Counters for the live view, and a line that says what is going on.</summary>
public sealed class ProgressBoard
{
    private readonly long[] _counts = new long[Enum.GetValues<Stage>().Length];

    private volatile string _phase = "Preparing";

    public string Phase
    {
        get => _phase;
        set => _phase = value;
    }

    public long this[Stage stage] => Interlocked.Read(ref _counts[(int)stage]);

    public void Up(Stage stage) => Interlocked.Increment(ref _counts[(int)stage]);

    public void Down(Stage stage) => Interlocked.Decrement(ref _counts[(int)stage]);
}
