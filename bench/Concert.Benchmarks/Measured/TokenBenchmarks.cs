using BenchmarkDotNet.Attributes;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.WaitingRoom;
using Microsoft.Extensions.Options;

namespace Concert.Benchmarks.Measured;

/// <summary>Queue tokens: HMAC-SHA256 over a payload of about 130 bytes.</summary>
public class TokenBenchmarks
{
    private TokenSigner _signer = null!;
    private TokenClaims _claims = null!;
    private string _token = "";
    private string _forged = "";

    [GlobalSetup]
    public void Setup()
    {
        var options = Options.Create(new WaitingRoomOptions { SigningKey = new string('k', 32) });
        var keys = new KeyRing(options);
        var ids = new IdGenerator(keys, new SystemRandomSource(), TimeProvider.System, Options.Create(new BookingOptions()));
        _signer = new TokenSigner(keys, ids, new Lots(keys, ids), TimeProvider.System, options);
        _claims = new TokenClaims(ids.NewTokenId(), "user-1", TokenClaims.General, TimeProvider.System.GetUtcNow());
        _token = _signer.Sign(_claims);
        _forged = _token[..^2] + (_token[^2] == 'A' ? 'B' : 'A') + _token[^1];
    }

    [Benchmark]
    public string Sign() => _signer.Sign(_claims);

    [Benchmark]
    public bool Verify() => _signer.Verify(_token).IsRefused(out _);

    [Benchmark]
    public bool VerifyForged() => _signer.Verify(_forged).IsRefused(out _);
}
