using System.Text;
using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using Microsoft.AspNetCore.Http.Features;
using NSubstitute;

namespace Concert.Api.Tests.Streams;

/// <summary>Clients of a stream that do not read, or have gone.</summary>
[Trait("Rule", "R-STREAM")]
public sealed class StuckClientTests : IDisposable
{
    private readonly Api _api = Api.OfOneProcess();
    private readonly Body _body = new();
    private readonly Lifetime _lifetime = new();
    private int _looks;

    public StuckClientTests() => _api.Queue.CheckAsync(Arg.Any<TokenClaims>(), Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(_ =>
    {
        // Somebody else leaves the line each time.
        var position = 1_000 - Interlocked.Increment(ref _looks);
        return (Result<QueueAnswer>)new QueueAnswer(new QueueTokenView("t", "WAITING", position, 30, null), TimeSpan.FromSeconds(1));
    });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_ThatTakesNothing_IsDroppedAndKeepsNoPlaceMeanwhile()
    {
        var run = await OpenAsync();
        await PassAsync(TimeSpan.FromSeconds(5));
        _body.Text.ShouldContain("event: line");
        var written = _body.Text.Length;

        _body.IsStuck = true;
        await PassAsync(TimeSpan.FromSeconds(5));
        var looks = _looks;
        run.IsCompleted.ShouldBeFalse();
        await PassAsync(TimeSpan.FromSeconds(3));
        _looks.ShouldBe(looks, "who takes nothing is not there to wait in line");

        await PassAsync(TimeSpan.FromSeconds(10));
        await run.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        _lifetime.IsAborted.ShouldBeTrue();
        _body.Text.Length.ShouldBe(written);
        _body.Waiting.ShouldBe(1, "nothing is written after what the client has not taken");
    }

    [Fact]
    public async Task Client_ThatWasSlowOnce_IsToldTheNewestThen()
    {
        var run = await OpenAsync();
        _body.IsStuck = true;
        await PassAsync(TimeSpan.FromSeconds(5));
        _body.Release();
        await PassAsync(TimeSpan.FromSeconds(5));
        run.IsCompleted.ShouldBeFalse();
        _body.Text.TrimEnd().Split("\n\n")[^1].ShouldContain($"\"position\":{1_000 - _looks}");
        _lifetime.Leave();
        await run.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Client_ThatFails_IsNotWrittenToAgain()
    {
        var run = await OpenAsync();
        _body.IsBroken = true;
        await PassAsync(TimeSpan.FromSeconds(10));
        await run.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        var looks = _looks;
        await PassAsync(TimeSpan.FromSeconds(5));
        _looks.ShouldBe(looks);
    }

    [Fact]
    public async Task Client_ThatHasLeft_KeepsNoPlace()
    {
        var run = await OpenAsync();
        await PassAsync(TimeSpan.FromSeconds(3));
        _lifetime.Leave();
        await run.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        var looks = _looks;
        await PassAsync(TimeSpan.FromSeconds(5));
        _looks.ShouldBe(looks);
        _lifetime.IsAborted.ShouldBeFalse();
    }

    [Fact]
    public async Task Room_ThatIsAway_EndsNoStream()
    {
        var run = await OpenAsync();
        _api.Queue.CheckAsync(Arg.Any<TokenClaims>(), Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns<Result<QueueAnswer>>(_ => throw new StoreUnavailableException("away"));
        await PassAsync(TimeSpan.FromSeconds(40));
        run.IsCompleted.ShouldBeFalse();
        _body.Text.ShouldContain(": heartbeat\n\n");
        _lifetime.Leave();
        await run.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    public void Dispose()
    {
        _body.Dispose();
        _lifetime.Dispose();
    }

    private async Task<Task> OpenAsync()
    {
        await _api.StartAsync(Cancel);
        var http = Api.Request("GET", "/api/concert/events");
        http.Response.Body = _body;
        http.Features.Set<IHttpRequestLifetimeFeature>(_lifetime);
        var run = _api.Pipeline.InvokeAsync(http);
        await PassAsync(TimeSpan.FromMilliseconds(250));
        return run;
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(250))
        {
            _api.Time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(5, Cancel);
        }
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource _left = new();

        public Lifetime() => RequestAborted = _left.Token;

        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;

        public void Leave() => _left.Cancel();

        public void Dispose() => _left.Dispose();
    }

    /// <summary>What the client has taken.</summary>
    private sealed class Body : MemoryStream
    {
        private readonly List<(byte[] Bytes, TaskCompletionSource Taken)> _waiting = [];

        public bool IsStuck { get; set; }

        public bool IsBroken { get; set; }

        public int Waiting => _waiting.Count;

        public string Text
        {
            get
            {
                lock (_waiting)
                {
                    return Encoding.UTF8.GetString(ToArray());
                }
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_waiting)
            {
                if (IsBroken)
                {
                    return ValueTask.FromException(new IOException("gone"));
                }

                if (!IsStuck)
                {
                    Write(buffer.Span);
                    return default;
                }

                var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((buffer.ToArray(), taken));
                return new ValueTask(taken.Task);
            }
        }

        public void Release()
        {
            lock (_waiting)
            {
                IsStuck = false;
                foreach (var (bytes, taken) in _waiting)
                {
                    Write(bytes);
                    taken.SetResult();
                }

                _waiting.Clear();
            }
        }
    }
}
