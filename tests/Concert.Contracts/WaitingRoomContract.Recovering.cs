using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>
/// A room that lost its memory begins anew with the first call after that. Genuine tokens of before are known by their issue time. A room without any
/// memory has no beginning yet, so each genuine token is of before it.
/// </summary>
public abstract partial class WaitingRoomContract
{
    [Fact]
    public async Task GetAsync_PollsOfTokensFromBeforeTheBeginning_PutThemBackByIssueTime()
    {
        var newcomer = await JoinAsync("new", Start, Closed);
        TokenClaims[] lost = [Claims("a", At(-300)), Claims("b", At(-200)), Claims("c", At(-100))];

        foreach (var claims in new[] { lost[1], lost[2], lost[0] })
        {
            (await PollAsync(claims, At(1))).Status.ShouldBe(MemberStatus.Waiting);
        }

        (await PositionsAsync([.. lost, newcomer], At(1))).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task GetAsync_PollInARoomWithoutMemory_PutsTheTokenBack()
    {
        TokenClaims[] lost = [Claims("a", At(-300)), Claims("b", At(-200))];

        (await PollAsync(lost[1], Start)).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
        (await PollAsync(lost[0], Start)).ShouldBe(new MemberState(MemberStatus.Waiting, 1));

        (await PositionsAsync(lost, At(1))).ShouldBe([1, 2]);
        (await Room.ListRoomsAsync(Cancel)).ShouldContain(Name);
        (await AdmitAsync(At(2))).ShouldBe(new AdmissionRound(2, 0, 0, Active: 2, Waiting: 0));
    }

    [Fact]
    public async Task GetAsync_JoinAfterTheRecovery_QueuesBehindTheRecovered()
    {
        var lost = Claims("a", At(-300));
        await PollAsync(lost, Start);

        var newcomer = await JoinAsync("new", Start, Closed);

        (await PositionsAsync([lost, newcomer], At(1))).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task GetAsync_LookAtATokenFromBeforeTheBeginning_SaysWaitingAndChangesNothing()
    {
        var newcomer = await JoinAsync("new", Start, Closed);

        (await LookAsync(Claims("a", At(-300)), At(1))).Status.ShouldBe(MemberStatus.Waiting);

        (await LookAsync(newcomer, At(1))).Position.ShouldBe(1);
        (await AdmitAsync(At(1), Closed)).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_TokenFromBeforeWhoseUserIsInWithAnother_StaysEnded()
    {
        var newcomer = await JoinAsync("kim", Start, Closed);

        (await PollAsync(Claims("kim", At(-300)), At(1))).ShouldBe(new MemberState(MemberStatus.Ended));

        (await LookAsync(newcomer, At(1))).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetAsync_EndedTokenOfAfterTheBeginning_StaysEnded(bool othersAreLeft)
    {
        if (othersAreLeft)
        {
            await JoinAsync("other", Start);
        }

        var claims = await JoinAsync("kim", At(1));
        await Room.EndAsync(claims, Cancel);

        foreach (var second in new[] { 1, 30, 120 })
        {
            (await PollAsync(claims, At(second))).ShouldBe(new MemberState(MemberStatus.Ended));
            (await LookAsync(claims, At(second))).ShouldBe(new MemberState(MemberStatus.Ended));
            await AdmitAsync(At(second));
        }

        await JoinAsync("later", At(121));
        (await PollAsync(claims, At(122))).ShouldBe(new MemberState(MemberStatus.Ended));
    }

    [Fact]
    public async Task EndAsync_TokenThatWasPutBack_StaysEnded()
    {
        await JoinAsync("new", Start, Closed);
        var lost = Claims("kim", At(-300));
        await PollAsync(lost, At(1));

        await Room.EndAsync(lost, Cancel);

        (await PollAsync(lost, At(2))).ShouldBe(new MemberState(MemberStatus.Ended));
        (await LookAsync(lost, At(2))).ShouldBe(new MemberState(MemberStatus.Ended));
        (await LookAsync(await JoinAsync("kim", At(3), Closed), At(3))).Position.ShouldBe(2);
    }

    [Fact]
    public async Task EndAsync_TokenFromBeforeTheBeginningThatIsNotBackYet_IsNotPutBack()
    {
        await JoinAsync("new", Start, Closed);
        var lost = Claims("kim", At(-300));

        await Room.EndAsync(lost, Cancel);

        (await PollAsync(lost, At(1))).ShouldBe(new MemberState(MemberStatus.Ended));
    }

    [Fact]
    public async Task AdmitAsync_TokenThatWasPutBackOutlivesItsActiveTime_StaysEnded()
    {
        await JoinAsync("new", Start, Closed);
        var lost = Claims("kim", At(-300));
        await PollAsync(lost, At(1));
        await AdmitAsync(At(2));
        (await LookAsync(lost, At(2))).Status.ShouldBe(MemberStatus.Active);

        var over = At(2) + Limits.ActiveFor;
        (await PollAsync(lost, over)).ShouldBe(new MemberState(MemberStatus.Ended));
        await AdmitAsync(over);

        (await PollAsync(lost, over)).ShouldBe(new MemberState(MemberStatus.Ended));
    }

    [Fact]
    public async Task AdmitAsync_TokenThatWasPutBackFallsSilent_StaysEnded()
    {
        await JoinAsync("new", Start, Closed);
        var lost = Claims("kim", At(-300));
        await PollAsync(lost, At(1));
        foreach (var second in new[] { 15, 30, 45, 62 })
        {
            await AdmitAsync(At(second), Closed);
        }

        (await PollAsync(lost, At(63))).ShouldBe(new MemberState(MemberStatus.Ended));
    }
}
