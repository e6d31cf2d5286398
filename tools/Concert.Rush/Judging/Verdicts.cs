using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>Every promise that can be checked from outside, judged over the same evidence.</summary>
public static class Verdicts
{
    public static IReadOnlyList<Verdict> Judge(Evidence evidence) =>
    [
        PlaceVerdicts.NoSeatTwice(evidence),
        PlaceVerdicts.NeverMoreThanThereIs(evidence),
        PlaceVerdicts.AllOrNone(evidence),
        ExactVerdict.RightNumber(evidence),
        LostVerdicts.EveryAnswerCame(evidence),
        LostVerdicts.EveryAcceptedRequestHasAnOutcome(evidence),
        LostVerdicts.RefusalsLeftNothing(evidence),
        CountVerdicts.ReportAgrees(evidence),
        CountVerdicts.DatesAgree(evidence),
        CountVerdicts.SeatMapAgrees(evidence),
        MoneyVerdicts.SoldMeansPaidOnce(evidence),
        MoneyVerdicts.NothingRefusedWithoutReason(evidence),
        MoneyVerdicts.LedgersAddUp(evidence),
        MoneyVerdicts.NothingMadeUp(evidence),
        MoneyVerdicts.RefundsWithinPayments(evidence),
        MoneyVerdicts.ReportedMoney(evidence),
    ];
}
