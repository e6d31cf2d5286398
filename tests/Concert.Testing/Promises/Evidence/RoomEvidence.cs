namespace Concert.Testing.Promises;

/// <summary>One member of a waiting room.</summary>
/// <param name="UserId">Whose place it is.</param>
/// <param name="Status">WAITING or ACTIVE.</param>
/// <param name="Order">The place by the time of joining: lower came first.</param>
/// <param name="Position">What a waiting member is told: 1 is next.</param>
/// <param name="WasJustAdmitted">It became active since the room was looked at last.</param>
public readonly record struct MemberFact(string UserId, string Status, long Order, long? Position = null, bool WasJustAdmitted = false);

/// <summary>A waiting room at one moment: everybody who waits or is active.</summary>
public sealed record RoomEvidence(string Name, int MaxActive, IReadOnlyCollection<MemberFact> Members);

/// <summary>What one user of a line was told, and before. 0 is active, null is neither waiting nor active.</summary>
public readonly record struct PlaceInLine(string UserId, long? Before, long? Now);
