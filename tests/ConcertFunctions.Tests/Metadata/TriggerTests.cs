using Shouldly;

namespace ConcertFunctions.Tests.Metadata;

/// <summary>What the host is told about queue and timers.</summary>
public sealed class TriggerTests
{
    private static FunctionMetadata Function(string name) => BuiltApp.Functions.Single(f => f.Name == name);

    [Fact]
    public void Functions_Names_AreUnique() => BuiltApp.Functions.Select(f => f.Name).ShouldBeUnique();

    [Theory]
    [InlineData("ProcessSeatCommands", "seat-commands", true)]
    [InlineData("OnDeadLetter", "seat-commands/$DeadLetterQueue", false)]
    public void QueueFunction_Binding_IsTheQueueOneMessageAtATime(string name, string queue, bool sessions)
    {
        var function = Function(name);

        function.TriggerType.ShouldBe("serviceBusTrigger");
        function.Text("queueName").ShouldBe(queue);
        function.Flag("isSessionsEnabled").ShouldBe(sessions);
        function.Text("connection").ShouldBe("ServiceBusConnection");
        function.Text("cardinality").ShouldBe("One");
        function.Trigger["properties"]!["supportsDeferredBinding"]!.GetValue<string>().ShouldBe("True", "the message comes whole, with its lock, not as a text");
    }

    [Theory]
    [InlineData("ReleaseExpiredHolds")]
    [InlineData("AdmitWaiting")]
    [InlineData("RepairPayments")]
    public void Timer_Schedule_IsAFlatSettingOfItsOwn(string name)
    {
        var function = Function(name);

        function.TriggerType.ShouldBe("timerTrigger");
        function.Text("schedule").ShouldBe($"%{name}Schedule%");
        function.Flag("runOnStartup").ShouldBeFalse();
    }

    [Fact]
    public void Triggers_OfEachType_AreAllKnownHere() =>
        BuiltApp.Functions.Where(f => f.TriggerType != "httpTrigger").Select(f => f.Name)
            .ShouldBe(["ProcessSeatCommands", "OnDeadLetter", "ReleaseExpiredHolds", "AdmitWaiting", "RepairPayments", "DeliverWebhooks"], ignoreOrder: true);
}
