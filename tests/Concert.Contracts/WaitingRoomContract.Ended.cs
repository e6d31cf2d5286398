using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>A repeat of a join that was on its way when its token ended, in whatever way that was, finds it ended.</summary>
public abstract partial class WaitingRoomContract
{
    [Fact]
    public async Task JoinAsync_TokenThatWasLeftWhileItWaited_StaysEnded()
    {
        var line = await JoinWaitingAsync(2, Start);
        await Room.EndAsync(line[0], Cancel);

        await ShouldStayEndedAsync(line[0], Closed, At(1));

        (await AdmitAsync(At(1), Closed)).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task JoinAsync_ActiveTokenThatWasLeft_StaysEnded()
    {
        var claims = await JoinAsync("kim", Start);
        await Room.EndAsync(claims, Cancel);

        await ShouldStayEndedAsync(claims, Limits, At(1));

        (await AdmitAsync(At(1))).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task JoinAsync_TokenWhoseActiveTimeIsOver_StaysEnded(bool roundsBetween)
    {
        var claims = await JoinAsync("kim", Start);
        var over = Start + Limits.ActiveFor;
        if (roundsBetween)
        {
            (await AdmitAsync(over)).Expired.ShouldBe(1);
        }

        await ShouldStayEndedAsync(claims, Limits, over);
    }

    [Fact]
    public async Task JoinAsync_TokenThatFellSilent_StaysEnded()
    {
        var claims = await JoinAsync("kim", Start, Closed);
        foreach (var second in new[] { 15, 30, 45, 61 })
        {
            await AdmitAsync(At(second), Closed);
        }

        await ShouldStayEndedAsync(claims, Closed, At(62));
    }

    [Fact]
    public async Task JoinAsync_EarlyTokenThatWasLeft_StaysEndedBeforeAndAfterTheDraw()
    {
        var line = await JoinEarlyAsync(1, 2);
        await Room.EndAsync(line[0], Cancel);

        await ShouldStayEndedAsync(line[0], Resting, At(50));
        (await AdmitAsync(Opening, OpenFull)).Waiting.ShouldBe(1);
        await ShouldStayEndedAsync(line[0], OpenFull, Opening);
    }

    [Fact]
    public async Task JoinAsync_TokenThatWasLeftBeforeItsJoinCame_StaysEnded()
    {
        await JoinAsync("other", Start, Closed);
        var claims = Claims("kim", At(1));
        await Room.EndAsync(claims, Cancel);

        await ShouldStayEndedAsync(claims, Closed, At(2));
    }

    [Fact]
    public async Task JoinAsync_ADayAfterTheTokenEnded_StaysEnded()
    {
        var claims = await JoinAsync("kim", Start);
        (await AdmitAsync(Start + Limits.ActiveFor)).Expired.ShouldBe(1);
        await AdmitAsync(Start.AddHours(24));

        await ShouldStayEndedAsync(claims, Limits, Start.AddHours(24));
    }

    [Fact]
    public async Task Race_RepeatsOfAJoinAndItsEnd_NobodyIsInAfterwards()
    {
        for (var round = 0; round < 20; round++)
        {
            var claims = await JoinAsync($"user-{round}", Start, Closed);
            await RaceAsync(9, async i =>
            {
                if (i == 4)
                {
                    await Room.EndAsync(claims, Cancel);
                }
                else
                {
                    await Room.JoinAsync(claims with { IssuedAt = At(i) }, Closed, At(i), Cancel);
                }

                return 0;
            });

            (await LookAsync(claims, At(10))).ShouldBe(new MemberState(MemberStatus.Ended));
        }

        (await AdmitAsync(At(11), Closed)).Waiting.ShouldBe(0);
    }

    /// <summary>By a repeat with a later issue time, as a call has its own; the user comes in with another token as ever.</summary>
    private async Task ShouldStayEndedAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now)
    {
        var late = claims with { IssuedAt = now };
        (await Room.JoinAsync(late, limits, now, Cancel)).ShouldBe(new JoinResult.Joined(late, new MemberState(MemberStatus.Ended)));
        (await LookAsync(claims, now)).ShouldBe(new MemberState(MemberStatus.Ended));
        (await PollAsync(claims, now)).ShouldBe(new MemberState(MemberStatus.Ended));

        var other = claims with { Id = Guid.NewGuid(), IssuedAt = now };
        (await Room.JoinAsync(other, limits, now, Cancel)).ShouldBeOfType<JoinResult.Joined>().State.Status.ShouldNotBe(MemberStatus.Ended);
        await Room.EndAsync(other, Cancel);
    }
}
