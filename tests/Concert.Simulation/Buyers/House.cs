namespace Concert.Simulation.Buyers;

/// <summary>What is on sale: one section of numbered seats and one inventory.</summary>
public sealed record House(string ConcertId, string ScheduleId, IReadOnlyList<string> SeatIds, string InventoryId);
