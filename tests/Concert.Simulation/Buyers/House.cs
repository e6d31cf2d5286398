namespace Concert.Simulation.Buyers;

/// <summary>What is on sale: a section of numbered seats, an inventory, and perhaps a second section.</summary>
/// <param name="OtherConcertId">A concert with a line of its own, which admits to nothing of this house; null where there is one line.</param>
public sealed record House(string ConcertId, string ScheduleId, IReadOnlyList<string> SeatIds, string InventoryId, string? OtherConcertId)
{
    /// <summary>The number of the second section's first seat: no number is in both.</summary>
    public const int FirstMore = 101;

    /// <summary>Of the second section.</summary>
    public required IReadOnlyList<string> MoreSeatIds { get; init; }

    public string SeatIdOf(int number) => number < FirstMore ? SeatIds[number - 1] : MoreSeatIds[number - FirstMore];
}
