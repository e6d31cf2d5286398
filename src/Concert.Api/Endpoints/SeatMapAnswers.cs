using Concert.Booking.Availability;

namespace Concert.Api.Endpoints;

/// <summary>Seat maps as an answer: to buyers, and to staff.</summary>
internal static class SeatMapAnswers
{
    /// <summary>Beside the schedule.</summary>
    public static Parameter[] Parameters { get; } =
    [
        new("section", "query", false, "Only this section or inventory, by its name.", Examples.Section) { MaxLength = ApiLimits.NameLength },
        new("include", "query", false, "`all` for every seat with its status; `sections` for the sections by numbers and no seats.", "all") { OneOf = ["all", "sections"] },
        new("If-None-Match", "header", false, "The ETag of the previous answer.", "\"12-1\""),
    ];

    public static async Task<IResult> AnswerAsync(this ISeatMaps maps, PackedMaps packed, Call call, string scheduleId, QueryName section, SeatsIncluded include)
    {
        if (include.SectionsOnly && section.Value is not null)
        {
            return Problem.Invalid("include=sections is about all sections: leave section out.");
        }

        var found = include.SectionsOnly
            ? await maps.OverviewAsync(scheduleId, call.Aborted)
            : await maps.GetAsync(scheduleId, section.Value, include.All, call.Aborted);
        if (found.IsRefused(out var refusal))
        {
            return Problem.From(refusal);
        }

        var map = found.Value;
        call.ResponseHeaders.CacheControl = "private, no-cache";
        return EntityTags.Answer(call.Http, map.ETag, packed.Of(map));
    }
}
