using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using ConcertFunctions.Tests.Metadata;
using ConcertFunctions.Tests.Worker.Rpc;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace ConcertFunctions.Tests.Worker;

/// <summary>
/// The Functions host's side: starts the built worker as the platform does, speaks the protocol with it, and forwards HTTP to the worker's own port under the
/// invocation's id.
/// </summary>
internal sealed class FunctionsHost : FunctionRpc.FunctionRpcBase, IAsyncDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<StreamingMessage> _toWorker = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _waiting = [];
    private readonly ConcurrentDictionary<string, string> _ids = [];
    private readonly WebApplication _server;
    private readonly HttpClient _http = new() { Timeout = Patience };
    private WorkerProcess? _worker;

    private FunctionsHost()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _server = builder.Build();
        _server.MapGrpcService<FunctionsHost>();
    }

    public WorkerProcess Process => _worker!;

    /// <summary>Every line that the worker logged to the host.</summary>
    public ConcurrentQueue<LogLine> Logs { get; } = [];

    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyList<Function> Functions { get; private set; } = [];

    public IReadOnlyDictionary<string, Result> Loaded { get; private set; } = new Dictionary<string, Result>();

    /// <summary>Starts the worker and loads every function that it names.</summary>
    public static async Task<FunctionsHost> StartAsync(params (string Name, string Value)[] settings)
    {
        var host = new FunctionsHost();
        try
        {
            await host.LoadAsync(settings);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a worker that is expected not to stay.</summary>
    public static async Task<(int Code, string Errors)> RunToItsEndAsync(params (string Name, string Value)[] settings)
    {
        await using var host = new FunctionsHost();
        await host._server.StartAsync();
        host._worker = WorkerProcess.Start(host.Address, settings);
        return await host._worker.EndAsync(Patience);
    }

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        var sending = Task.Run(async () =>
        {
            await foreach (var message in _toWorker.Reader.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(message, context.CancellationToken);
            }
        });
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
            {
                Receive(message);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The worker is gone; whoever waits for it finds out.
        }

        _toWorker.Writer.TryComplete();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Invokes the operation and forwards the request, as the host does for a worker that takes HTTP itself.</summary>
    public async Task<HttpResponseMessage> SendAsync(string function, HttpRequestMessage request)
    {
        var id = Guid.NewGuid().ToString();
        request.RequestUri = new Uri(new Uri(Capabilities["HttpUri"]), request.RequestUri!);
        request.Headers.Add(InvocationHeader, id);
        var invocation = InvokeAsync(
            id, function, new Parameter { Name = "request", Data = new Data { Http = new HttpData { Method = request.Method.Method, Url = request.RequestUri.ToString() } } });
        var response = await _http.SendAsync(request);
        (await invocation).Status.ShouldBe(Result.Types.Status.Success, function);
        return response;
    }

    /// <summary>Fires a timer.</summary>
    public Task<Result> FireAsync(string timer) => InvokeAsync(Guid.NewGuid().ToString(), timer, new Parameter
    {
        Name = "timer",
        Data = new Data { Json = """{"ScheduleStatus":null,"IsPastDue":false,"Schedule":{"AdjustForDST":true}}""" },
    });

    /// <summary>Asks the worker to end within a grace, as a scale-in does.</summary>
    public void Terminate(TimeSpan grace) => Send(new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(grace) } });

    public async ValueTask DisposeAsync()
    {
        _worker?.Dispose();
        _toWorker.Writer.TryComplete();
        await _server.DisposeAsync();
        _http.Dispose();
    }

    private Uri Address => new(_server.Urls.Single());

    private async Task LoadAsync((string Name, string Value)[] settings)
    {
        await _server.StartAsync();
        var started = Expect("start");
        _worker = WorkerProcess.Start(Address, settings);
        await OrItsEndAsync(started);
        var ready = await AskAsync("init", new StreamingMessage
        {
            WorkerInitRequest = new WorkerInitRequest { HostVersion = "4.1047.100", WorkerDirectory = BuiltApp.Folder, FunctionAppDirectory = BuiltApp.Folder },
        });
        ready.WorkerInitResponse.Result.Status.ShouldBe(Result.Types.Status.Success);
        Capabilities = ready.WorkerInitResponse.Capabilities;
        var metadata = await AskAsync("metadata", new StreamingMessage { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = BuiltApp.Folder } });
        Functions = metadata.FunctionsMetadataResponse.Functions;
        Dictionary<string, Result> loaded = [];
        foreach (var function in Functions)
        {
            var id = _ids[function.Name] = Guid.NewGuid().ToString();
            var answer = await AskAsync("load:" + id, new StreamingMessage { FunctionLoadRequest = new FunctionLoadRequest { FunctionId = id, Function = function } });
            loaded[function.Name] = answer.FunctionLoadResponse.Result;
        }

        Loaded = loaded;
        await UntilItListensAsync(new Uri(Capabilities["HttpUri"]));
    }

    /// <summary>The worker's port opens a little after its functions are loaded; the host tries again, too.</summary>
    private static async Task UntilItListensAsync(Uri address)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(address.Host, address.Port);
                return;
            }
            catch (SocketException) when (TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(50);
            }
        }
    }

    private async Task<Result> InvokeAsync(string id, string function, Parameter input)
    {
        var request = new InvocationRequest
        {
            InvocationId = id,
            FunctionId = _ids[function],
            Input = { input },
            TraceContext = new TraceContext { TraceParent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01" },
        };
        return (await AskAsync("invoke:" + id, new StreamingMessage { InvocationRequest = request })).InvocationResponse.Result;
    }

    private Task<StreamingMessage> AskAsync(string what, StreamingMessage message)
    {
        var answer = Expect(what);
        Send(message);
        return OrItsEndAsync(answer);
    }

    private Task<StreamingMessage> Expect(string what) =>
        _waiting.GetOrAdd(what, _ => new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Send(StreamingMessage message) => _toWorker.Writer.TryWrite(message).ShouldBeTrue("the worker is gone");

    /// <summary>A worker that ended answers nothing any more: say what it said instead.</summary>
    private async Task<StreamingMessage> OrItsEndAsync(Task<StreamingMessage> answer)
    {
        var ended = _worker!.EndAsync(Patience);
        if (await Task.WhenAny(answer, ended) == ended)
        {
            var (code, errors) = await ended;
            throw new InvalidOperationException($"The worker ended with {code}: {errors}");
        }

        return await answer;
    }

    private void Receive(StreamingMessage message)
    {
        var what = message.ContentCase switch
        {
            StreamingMessage.ContentOneofCase.StartStream => "start",
            StreamingMessage.ContentOneofCase.WorkerInitResponse => "init",
            StreamingMessage.ContentOneofCase.FunctionsMetadataResponse => "metadata",
            StreamingMessage.ContentOneofCase.FunctionLoadResponse => "load:" + message.FunctionLoadResponse.FunctionId,
            StreamingMessage.ContentOneofCase.InvocationResponse => "invoke:" + message.InvocationResponse.InvocationId,
            _ => null,
        };
        if (message.Log is { } line)
        {
            Logs.Enqueue(line);
        }
        else if (what is not null && _waiting.TryRemove(what, out var waiting))
        {
            waiting.SetResult(message);
        }
    }
}
