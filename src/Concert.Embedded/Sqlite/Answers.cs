namespace Concert.Embedded.Sqlite;

/// <summary>
/// Answers pieces of work on the thread pool, a few on a thread: one after the other they cost less than a wake-up each, and all on one thread would leave
/// the other processors idle.
/// </summary>
internal static class Answers
{
    private const int Few = 4;

    public static void Give(IReadOnlyList<Work> works)
    {
        for (var from = 0; from < works.Count; from += Few)
        {
            ThreadPool.UnsafeQueueUserWorkItem(GiveSome, (works, from), preferLocal: false);
        }
    }

    private static void GiveSome((IReadOnlyList<Work> Works, int From) some)
    {
        for (var i = some.From; i < Math.Min(some.From + Few, some.Works.Count); i++)
        {
            some.Works[i].Answer();
        }
    }
}
