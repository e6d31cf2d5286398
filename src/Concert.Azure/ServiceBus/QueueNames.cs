namespace Concert.Azure.ServiceBus;

/// <summary>Names shared by the sender, the triggers and the templates.</summary>
public static class QueueNames
{
    public const string SeatCommands = "seat-commands";
    public const string SeatCommandsDeadLetters = "seat-commands/$DeadLetterQueue";

    /// <summary>The setting that says where the broker is: a connection string, or a section with <c>fullyQualifiedNamespace</c>. The triggers read the same one.</summary>
    public const string Connection = "ServiceBusConnection";
}
