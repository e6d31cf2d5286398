using System.Text;
using System.Text.Json.Nodes;
using Concert.Api.Streams;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Operations;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Settings;
using Concert.Booking.Tickets;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Concert.Booking.Webhooks;
using Concert.Testing.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NSubstitute;

namespace Concert.Api.Tests;

/// <summary>
/// The pipeline over a service collection, as the Azure app has it, with a domain that does as it is told. Every request comes as the Functions worker
/// hands it over: with an endpoint and route values of the worker's own.
/// </summary>
internal sealed class Api
{
    public const string AdminKey = "admin-key-of-the-tests";
    public const string ReservationBody = """{"seatId":"c1-s1-1-1"}""";

    public static readonly TokenClaims Mina = new(Guid.Empty, "mina", "c1", new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static readonly IOptions<WaitingRoomOptions> Waiting = Options.Create(new WaitingRoomOptions { SigningKey = "the signing key of the API's tests" });

    private static readonly TokenSigner Signer = NewSigner(new FakeTimeProvider(Mina.IssuedAt));

    /// <summary>Mina's, genuine and of today.</summary>
    public static readonly string GoodToken = Signer.Sign(Mina);

    /// <summary>Mina's, genuine and too old.</summary>
    public static readonly string OldToken = Signer.Sign(Mina with { IssuedAt = Mina.IssuedAt.AddDays(-30) });

    private readonly IServiceProvider _services;

    public Api(params (string Key, string Value)[] settings)
        : this(isOneProcess: false, settings)
    {
    }

    private Api(bool isOneProcess, (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)))
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(Queue).AddSingleton(Catalog).AddSingleton(Block).AddSingleton(CallOffs).AddSingleton(Staff).AddSingleton(Editor).AddSingleton(Maps).AddSingleton(Reports).AddSingleton(Reserve).AddSingleton(Reservations).AddSingleton(Cancellations).AddSingleton(Pay).AddSingleton(Payments).AddSingleton(Wallets).AddSingleton(Webhooks).AddSingleton(Tickets).AddSingleton(Buyers).AddSingleton(Door).AddSingleton(Schedules).AddSingleton(Sales).AddSingleton(Books).AddSingleton(DeadLetters);
        services.AddSingleton(NewSigner(Time));
        services.AddSingleton(Store).AddSingleton(Sender).AddSingleton(Room);
        services.Configure<AdminOptions>(o => o.Key = AdminKey);
        services.Configure<IdentityOptions>(configuration.GetSection(IdentityOptions.Section));
        services.AddSingleton(Substitute.For<IHostEnvironment>());
        services.AddConcertApi(configuration);
        if (isOneProcess)
        {
            services.AddSingleton(Substitute.For<IHostApplicationLifetime>()).AddSingleton<IRandomSource>(new SystemRandomSource());
            services.AddConcertStreams(configuration, _ => new FakeSeatMapCache());
        }

        _services = services.BuildServiceProvider();
    }

    /// <summary>With what only a host of one process has: streams.</summary>
    public static Api OfOneProcess(params (string Key, string Value)[] settings) => new(isOneProcess: true, settings);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public IQueueUseCases Queue { get; } = Substitute.For<IQueueUseCases>();

    public ICatalogQueries Catalog { get; } = Substitute.For<ICatalogQueries>();

    public ICatalogAdmin Staff { get; } = Substitute.For<ICatalogAdmin>();

    public IBlockUseCase Block { get; } = Substitute.For<IBlockUseCase>();

    public ICallOffUseCase CallOffs { get; } = Substitute.For<ICallOffUseCase>();

    public IScheduleEditor Editor { get; } = Substitute.For<IScheduleEditor>();

    public ISeatMaps Maps { get; } = Substitute.For<ISeatMaps>();

    public IScheduleReports Reports { get; } = Substitute.For<IScheduleReports>();

    public IReserveUseCase Reserve { get; } = Substitute.For<IReserveUseCase>();

    public IReservationReader Reservations { get; } = Substitute.For<IReservationReader>();

    public ICancelUseCase Cancellations { get; } = Substitute.For<ICancelUseCase>();

    public IPayUseCase Pay { get; } = Substitute.For<IPayUseCase>();

    public IPaymentReader Payments { get; } = Substitute.For<IPaymentReader>();

    public IWebhookUseCases Webhooks { get; } = Substitute.For<IWebhookUseCases>();

    public IWalletUseCases Wallets { get; } = Substitute.For<IWalletUseCases>();

    public ITicketReader Tickets { get; } = Substitute.For<ITicketReader>();

    public IBuyerList Buyers { get; } = Substitute.For<IBuyerList>();

    public IScheduleDirectory Schedules { get; } = Substitute.For<IScheduleDirectory>();

    public ISaleMonitor Sales { get; } = Substitute.For<ISaleMonitor>();

    public IBooks Books { get; } = Substitute.For<IBooks>();

    public IDeadLetterDesk DeadLetters { get; } = Substitute.For<IDeadLetterDesk>();

    public ICheckInUseCase Door { get; } = Substitute.For<ICheckInUseCase>();

    public IDocumentStore Store { get; } = Substitute.For<IDocumentStore>();

    public ICommandSender Sender { get; } = Substitute.For<ICommandSender>();

    public IWaitingRoom Room { get; } = Substitute.For<IWaitingRoom>();

    public ApiPipeline Pipeline => _services.GetRequiredService<ApiPipeline>();

    /// <summary>The endpoints as the pipeline has them.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints
    {
        get
        {
            _ = Pipeline;
            return [.. _services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];
        }
    }

    /// <summary>Starts what runs beside the requests.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(cancellationToken);
        }
    }

    private static TokenSigner NewSigner(TimeProvider time)
    {
        var keys = new KeyRing(Waiting);
        var ids = new IdGenerator(keys, new SystemRandomSource(), time, Options.Create(new BookingOptions()));
        return new TokenSigner(keys, ids, new Lots(keys, ids), time, Waiting);
    }

    /// <summary>A request with a good token and, where there is a body, the right media type; <paramref name="headers"/> change or (null) remove them.</summary>
    public Task<Answer> SendAsync(string method, string pathAndQuery, string? body = null, params (string Name, string? Value)[] headers) =>
        SendAsync(method, pathAndQuery, body is null ? null : Encoding.UTF8.GetBytes(body), CancellationToken.None, headers);

    public async Task<Answer> SendAsync(
        string method, string pathAndQuery, byte[]? body, CancellationToken aborted, params (string Name, string? Value)[] headers)
    {
        var http = Request(method, pathAndQuery, body, headers);
        http.RequestAborted = aborted;
        await Pipeline.InvokeAsync(http);
        return Answer.Of(http);
    }

    public static DefaultHttpContext Request(string method, string pathAndQuery, byte[]? body = null, params (string Name, string? Value)[] headers)
    {
        var http = new DefaultHttpContext();
        var parts = pathAndQuery.Split('?', 2);
        http.Request.Method = method;
        http.Request.Path = parts[0];
        http.Request.QueryString = new QueryString(parts.Length > 1 ? "?" + parts[1] : "");
        http.Request.Headers["queue-token"] = GoodToken;
        http.Response.Body = new MemoryStream();
        http.SetEndpoint(new Endpoint(_ => throw new InvalidOperationException("The head's endpoint ran."), EndpointMetadataCollection.Empty, "of the head"));
        http.Request.RouteValues = new RouteValueDictionary { ["id"] = "of-the-head", ["asset"] = "of-the-head" };
        if (body is not null)
        {
            http.Request.ContentType = "application/json";
            http.Request.ContentLength = body.Length;
            http.Request.Body = new MemoryStream(body);
        }

        foreach (var (name, value) in headers)
        {
            if (value is null)
            {
                http.Request.Headers.Remove(name);
            }
            else
            {
                http.Request.Headers[name] = value;
            }
        }

        return http;
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, IHeaderDictionary Headers, string? ContentType, byte[] Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public JsonNode Data => Json["data"]!;

    public string? Code => (string?)Json["code"];

    public static Answer Of(HttpContext http) => new(
        http.Response.StatusCode, http.Response.Headers, http.Response.ContentType, ((MemoryStream)http.Response.Body).ToArray());

    /// <summary>Checks that this is a failure in the form every failure has.</summary>
    public void ShouldBeProblem(int status, string code)
    {
        ContentType.ShouldBe("application/problem+json; charset=utf-8");
        var text = Encoding.UTF8.GetString(Body);
        Status.ShouldBe(status, text);
        Code.ShouldBe(code, text);
        Json["type"]!.GetValue<string>().ShouldBe("urn:concert:problem:" + code);
        Json["status"]!.GetValue<int>().ShouldBe(status);
        Json["success"]!.GetValue<bool>().ShouldBeFalse();
        Json["title"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        Json["detail"]!.GetValue<string>().ShouldBe(Json["message"]!.GetValue<string>());
        Json["traceId"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        Headers.XContentTypeOptions.ToString().ShouldBe("nosniff");
        Headers.CacheControl.ToString().ShouldBe("no-store");
    }
}
