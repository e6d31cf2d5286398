using Concert.Rush.Observation;

namespace Concert.Rush.Drill;

/// <summary>Where wallets are charged; needs no place in a room.</summary>
public static class Till
{
    /// <summary>Tops a wallet up and notes what the service said yes to.</summary>
    public static async Task<bool> ChargeAsync(DrillContext drill, string userId, long amount, string key, CancellationToken cancellationToken)
    {
        var outcome = "no answer";
        try
        {
            var answer = await drill.Api.ChargeAsync(drill.Seen.Tokens.GetValueOrDefault(userId), userId, amount, key, cancellationToken);
            outcome = answer.Code;
            if (answer.Succeeded)
            {
                drill.Seen.Charges.Enqueue(new Charge(userId, amount, answer.Data?.Balance));
                drill.Board.Up(Stage.Charged);
            }

            return answer.Succeeded;
        }
        finally
        {
            if (outcome is not null)
            {
                drill.Seen.NeverAnswered(userId, $"charge of {amount} ({outcome})");
            }
        }
    }
}
