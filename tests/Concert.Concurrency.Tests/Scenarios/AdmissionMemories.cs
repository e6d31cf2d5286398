using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>What an instance remembers of admissions. Explored with room for two.</summary>
public static class AdmissionMemories
{
    /// <summary>A count that drifts from what is kept ends with nobody being remembered, or with no bound.</summary>
    public static async Task TheCountIsThatOfWhatIsKept()
    {
        var time = Controlled.Clock();
        var memory = new AdmissionMemory(time);
        var ends = time.GetUtcNow() + TimeSpan.FromMinutes(10);
        var (first, second, third) = (Claims(), Claims(), Claims());
        await Controlled.Together(
            Task.Run(() => memory.Remember(first, ends)),
            Task.Run(() => memory.Remember(first, ends.AddSeconds(1))),
            Task.Run(() => memory.Remember(second, ends)));
        memory.Remember(second, ends);
        memory.Remember(third, ends);

        Controlled.Check(memory.IsActive(first), "the first is not remembered");
        Controlled.Check(memory.IsActive(second), "there is room for two and one was kept");
        Controlled.Check(!memory.IsActive(third), "there is room for two and three were kept");
    }

    public static async Task SweepingAtOnceKeepsTheLivingAndMakesRoom()
    {
        var time = Controlled.Clock();
        var memory = new AdmissionMemory(time);
        memory.Remember(Claims(), time.GetUtcNow() + TimeSpan.FromMinutes(1));
        var living = Claims();
        memory.Remember(living, time.GetUtcNow() + TimeSpan.FromMinutes(10));
        time.Advance(TimeSpan.FromMinutes(2));
        var ends = time.GetUtcNow() + TimeSpan.FromMinutes(10);
        TokenClaims[] late = [Claims(), Claims()];
        await Task.WhenAll(late.Select(c => Task.Run(() => memory.Remember(c, ends))));
        time.Advance(TimeSpan.FromSeconds(2));
        memory.Remember(late[0], ends);

        Controlled.Check(memory.IsActive(living), "a living one was swept");
        Controlled.Check(late.Any(memory.IsActive), "nobody took the place of the one that ended");
    }

    /// <summary>The look at the room that said active began before the end.</summary>
    public static Task AnEndedTokenIsNotBroughtBack() => EndAndRemember(isKnown: true);

    public static Task AnEndedTokenIsNotBroughtInLate() => EndAndRemember(isKnown: false);

    private static async Task EndAndRemember(bool isKnown)
    {
        var time = Controlled.Clock();
        var memory = new AdmissionMemory(time);
        var claims = Claims();
        var ends = time.GetUtcNow() + TimeSpan.FromMinutes(10);
        if (isKnown)
        {
            memory.Remember(claims, ends);
        }

        await Controlled.Together(Task.Run(() => memory.Remember(claims, ends.AddSeconds(1))), Task.Run(() => memory.Forget(claims)));

        Controlled.Check(!memory.IsActive(claims), "the token ended, and is remembered as active");
    }

    private static TokenClaims Claims() => new(Guid.NewGuid(), "kim", TokenClaims.General, default);
}
