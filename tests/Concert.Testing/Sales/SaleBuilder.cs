using Concert.Testing.Http;

namespace Concert.Testing.Sales;

/// <summary>A schedule that is on sale.</summary>
/// <param name="Sections">Seat ids of each section.</param>
/// <param name="Inventories">Ids.</param>
/// <param name="Places">Seats and standing places together.</param>
public sealed record OpenSale(string ConcertId, string ScheduleId, IReadOnlyList<IReadOnlyList<string>> Sections, IReadOnlyList<string> Inventories, int Places)
{
    /// <summary>Every seat, section after section.</summary>
    public IReadOnlyList<string> Seats { get; } = [.. Sections.SelectMany(s => s)];
}

/// <summary>
/// Puts a concert on sale as the promoter does. Unless told otherwise booking is open now and doors open in 30 days, so that whatever is paid can be cancelled
/// for its full price.
/// </summary>
public sealed class SaleBuilder
{
    private readonly List<SectionRequest> _sections = [];
    private readonly List<InventoryRequest> _inventories = [];
    private readonly List<GradeRequest> _grades = [];
    private TimeSpan _opensIn = TimeSpan.FromDays(30);
    private TimeSpan _bookingIn = TimeSpan.FromMinutes(-5);
    private TimeSpan _closesBefore = TimeSpan.FromDays(1);
    private int _places;

    /// <summary>Seats 1 to <paramref name="seats"/> at one price (won).</summary>
    public SaleBuilder Section(string name, int seats, long price)
    {
        _sections.Add(new SectionRequest(name, new SeatRange(1, seats, price)));
        _places += seats;
        return this;
    }

    /// <summary>Seats one by one.</summary>
    public SaleBuilder Section(string name, params SeatRequest[] seats)
    {
        _sections.Add(new SectionRequest(name, seats));
        _places += seats.Length;
        return this;
    }

    /// <summary>Seats in rows.</summary>
    public SaleBuilder Rows(string name, params RowRequest[] rows)
    {
        _sections.Add(new SectionRequest(name, null, rows));
        _places += rows.Sum(row => row.To - row.From + 1);
        return this;
    }

    /// <summary>A grade that rows can name.</summary>
    public SaleBuilder Grade(string code, string name, long price)
    {
        _grades.Add(new GradeRequest(code, name, price));
        return this;
    }

    /// <summary>Standing places at one price (won).</summary>
    public SaleBuilder Standing(string name, int places, long price)
    {
        _inventories.Add(new InventoryRequest(name, places, price));
        _places += places;
        return this;
    }

    /// <param name="opensIn">From now until doors open.</param>
    /// <param name="bookingIn">From now until booking starts.</param>
    /// <param name="closesBefore">From the end of booking until doors open.</param>
    public SaleBuilder At(TimeSpan opensIn, TimeSpan bookingIn, TimeSpan closesBefore)
    {
        (_opensIn, _bookingIn, _closesBefore) = (opensIn, bookingIn, closesBefore);
        return this;
    }

    /// <summary>The body of POST /admin/schedule.</summary>
    public ScheduleRequest Request(string concertId, DateTimeOffset now) => new(
        concertId, now + _opensIn, now + _opensIn + TimeSpan.FromHours(3), now + _bookingIn, now + _opensIn - _closesBefore, [.. _sections], [.. _inventories],
        _grades.Count > 0 ? [.. _grades] : null);

    /// <summary>Creates a concert with one schedule.</summary>
    /// <param name="api">Whose.</param>
    /// <param name="name">The concert's.</param>
    /// <param name="key">Makes it the same concert for a repeat, and another one than for every other key.</param>
    /// <param name="now">The service's clock.</param>
    /// <param name="cancellationToken">The end of patience.</param>
    /// <exception cref="ApiException">The service does not let it be made, or makes something else.</exception>
    public async Task<OpenSale> OpenAsync(BookingApi api, string name, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var concert = (await api.CreateConcertAsync(name, $"{key}-concert", cancellationToken)).Require("Creating a concert");
        var schedule = (await api.CreateScheduleAsync(Request(concert.Id, now), $"{key}-schedule", cancellationToken)).Require("Creating a schedule");
        var sale = new OpenSale(concert.Id, schedule.Id, [.. schedule.Sections.Select(s => s.SeatIds)], [.. schedule.Inventories.Select(i => i.Id)], _places);
        return sale.Seats.Count == _places - _inventories.Sum(i => i.Quantity)
            ? sale
            : throw new ApiException($"The schedule has {sale.Seats.Count} seats; {_places - _inventories.Sum(i => i.Quantity)} were asked for.");
    }
}
