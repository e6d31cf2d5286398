using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Shared;

namespace Concert.Api.Responses;

/// <summary>What an operation answers; the dispatcher writes it.</summary>
public sealed class ApiReply
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    private ApiReply(int status) => Status = status;

    public int Status { get; }

    public ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>Whether <c>{"success":true,"data":…}</c> goes around the body.</summary>
    public bool Enveloped { get; private init; }

    public string? ContentType { get; private init; }

    /// <summary>Set when this is a failure: its body is rendered when it is written, because it names the trace.</summary>
    public Problem? Problem { get; private init; }

    /// <summary>Further members of a readiness problem.</summary>
    public IReadOnlyList<DependencyHealth>? Checks { get; private init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>A success with its data.</summary>
    public static ApiReply Data<T>(int status, T value, JsonTypeInfo<T> type) => Rendered(status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>The same around JSON that is rendered already.</summary>
    public static ApiReply Rendered(int status, ReadOnlyMemory<byte> json) =>
        new(status) { Body = json, Enveloped = true, ContentType = "application/json; charset=utf-8" };

    public static ApiReply Bytes(int status, ReadOnlyMemory<byte> body, string contentType) => new(status) { Body = body, ContentType = contentType };

    public static ApiReply Empty(int status) => new(status);

    public static ApiReply Failed(Problem problem, IReadOnlyList<DependencyHealth>? checks = null) =>
        new(problem.Status) { Problem = problem, Checks = checks };

    public ApiReply With(string header, string value)
    {
        _headers.Add(new(header, value));
        return this;
    }

    public static implicit operator ApiReply(Problem problem) => Failed(problem);

    public static implicit operator ApiReply(Refusal refusal) => Failed(Problem.From(refusal));
}
