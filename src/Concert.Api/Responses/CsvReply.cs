using Microsoft.Net.Http.Headers;

namespace Concert.Api.Responses;

/// <summary>A file of CSV that is written while it is read, in memory that does not grow with it.</summary>
/// <param name="fileName">What a browser calls it.</param>
/// <param name="columns">The first row.</param>
/// <param name="rows">The others; they are not read for a HEAD.</param>
/// <param name="write">Writes the fields of one.</param>
internal sealed class CsvReply<T>(string fileName, IReadOnlyList<string> columns, IAsyncEnumerable<T> rows, Action<CsvWriter, T> write) : IResult
{
    /// <summary>About 16 KB.</summary>
    private const int RowsPerFlush = 100;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = MediaTypes.Csv + "; charset=utf-8; header=present";
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = fileName }.ToString();
        if (HttpMethods.IsHead(httpContext.Request.Method))
        {
            return;
        }

        var aborted = httpContext.RequestAborted;
        var body = response.BodyWriter;
        var csv = new CsvWriter(body);
        csv.Mark();
        foreach (var column in columns)
        {
            csv.Text(column);
        }

        csv.EndRow();
        var count = 0;
        await foreach (var row in rows.WithCancellation(aborted))
        {
            write(csv, row);
            csv.EndRow();
            if (++count % RowsPerFlush == 0)
            {
                // Waits for a client that reads slowly, and throws when it has gone.
                await body.FlushAsync(aborted);
            }
        }

        await body.FlushAsync(aborted);
    }
}
