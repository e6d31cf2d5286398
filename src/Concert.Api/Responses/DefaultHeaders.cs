namespace Concert.Api.Responses;

/// <summary>Headers that every answer has unless its endpoint says otherwise.</summary>
internal static class DefaultHeaders
{
    public const string NoStore = "no-store";

    public static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // Whatever does not say otherwise may be about one user, and so is kept by nobody.
        headers.CacheControl = NoStore;
        // No server reads so long a body to its end: the next request on the connection would be dropped without a word.
        if (http.Request.ContentLength > ApiLimits.BodyBytes)
        {
            headers.Connection = "close";
        }
    }
}
