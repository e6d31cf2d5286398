using Microsoft.Extensions.Time.Testing;

namespace Concert.Testing.Clocks;

public static class FakeTimeExtensions
{
    /// <summary>Moves on in small steps until the task has ended: whatever it waits for comes to pass.</summary>
    public static async Task<T> RunAsync<T>(this FakeTimeProvider time, Task<T> task, TimeSpan step)
    {
        while (!task.IsCompleted)
        {
            time.Advance(step);
            await Task.Yield();
        }

        return await task;
    }
}
