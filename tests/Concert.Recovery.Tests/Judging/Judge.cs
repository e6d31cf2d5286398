namespace Concert.Recovery.Tests.Judging;

/// <summary>Everything that must always be true, checked on all that was said and all that is there. One line a fault.</summary>
internal static class Judge
{
    public static IEnumerable<string> Faults(Evidence evidence) =>
        [.. evidence.Facts.Faults, .. PromiseRules.Faults(evidence), .. PlaceRules.Faults(evidence), .. MoneyRules.Faults(evidence)];
}
