using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Microsoft.Extensions.Logging;

namespace Concert.Simulation.Sale;

/// <summary>Where an instance's log goes: alarms and unexpected exceptions are violations, all else is for the timeline.</summary>
public sealed class LogSink(World world, SimProcess process)
{
    public bool IsRecorded => world.History.IsRecorded;

    public void Write(LogLevel level, Exception? exception, string text)
    {
        world.History.Add(process.Name, $"log {level}: {text}{(exception is null ? "" : $" ({exception.Message})")}");
        if (level == LogLevel.Critical)
        {
            world.Fail("alarm", text);
        }
        else if (level == LogLevel.Error && exception is not null and not StoreUnavailableException)
        {
            world.Fail("unexpected-exception", $"{text}: {exception}");
        }
    }
}

/// <summary>The logger of an instance.</summary>
public sealed class SimLogger<T>(LogSink sink) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error || (sink.IsRecorded && logLevel >= LogLevel.Warning);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            sink.Write(logLevel, exception, formatter(state, exception));
        }
    }
}
