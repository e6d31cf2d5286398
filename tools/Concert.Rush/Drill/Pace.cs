using Concert.Rush.Options;

namespace Concert.Rush.Drill;

/// <summary>
/// Whether buyers pay within their own turn, and if not, the moment when everybody's hold has been decided. With automatic pace the first token
/// that has to wait makes it rolling: a barrier behind a waiting room would outlast the holds.
/// </summary>
public sealed class Pace
{
    private readonly TaskCompletionSource<bool> _rolling = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _toJoin;
    private int _toDecide;

    public Pace(Rolling rolling, int buyers)
    {
        _toJoin = buyers;
        _toDecide = buyers;
        if (rolling != Options.Rolling.Auto)
        {
            _rolling.SetResult(rolling == Options.Rolling.On);
        }
    }

    /// <summary>Known when one token waits or all are active.</summary>
    public Task<bool> Rolling => _rolling.Task;

    /// <summary>Somebody had to wait for the room.</summary>
    public bool Crowded { get; private set; }

    /// <summary>Completes when every buyer's hold was decided.</summary>
    public Task EverybodyDecided => _decided.Task;

    /// <summary>Completes when buyers may pay and cancel.</summary>
    public Task Open => _open.Task;

    public void HasJoined(bool active)
    {
        if (!active)
        {
            Crowded = true;
            _rolling.TrySetResult(true);
        }

        if (Interlocked.Decrement(ref _toJoin) == 0)
        {
            _rolling.TrySetResult(false);
        }
    }

    public void HasBeenDecided()
    {
        if (Interlocked.Decrement(ref _toDecide) == 0)
        {
            _decided.TrySetResult();
        }
    }

    public void OpenNow() => _open.TrySetResult();
}
