using Concert.Api.Responses;

namespace Concert.Api.Operations;

internal static class ReplyHeaders
{
    /// <summary>Where the outcome can be read, and when to look first.</summary>
    public static ApiReply Accepted(this ApiReply reply, ApiCall call, string route) =>
        reply.With("Location", $"{call.Http.Request.PathBase.ToUriComponent()}/{route}").With("Retry-After", "1");

    public static ApiReply Waited(this ApiReply reply, int? granted) =>
        granted is { } seconds ? reply.With("Preference-Applied", $"wait={seconds}") : reply;
}
