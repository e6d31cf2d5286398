namespace Concert.Simulation.Buyers;

/// <summary>What is on sale: one section of numbered seats and one inventory.</summary>
/// <param name="OtherConcertId">A concert with a line of its own, which admits to nothing of this house; null where there is one line.</param>
public sealed record House(string ConcertId, string ScheduleId, IReadOnlyList<string> SeatIds, string InventoryId, string? OtherConcertId);
