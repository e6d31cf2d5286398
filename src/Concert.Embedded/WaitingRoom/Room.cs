using Concert.Booking.WaitingRoom;

namespace Concert.Embedded.WaitingRoom;

/// <summary>One line with its name and the journal sequence of its newest change.</summary>
internal sealed class Room(string name)
{
    public string Name { get; } = name;

    public WaitingLine Line { get; } = new();

    public long LastChange { get; set; }
}
