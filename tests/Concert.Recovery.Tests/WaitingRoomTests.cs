using Concert.Recovery.Tests.Host;
using Concert.Recovery.Tests.Load;
using Concert.Recovery.Tests.Sales;

namespace Concert.Recovery.Tests;

/// <summary>The line through crashes: tokens stay good, places are kept, nobody overtakes.</summary>
public sealed class WaitingRoomTests
{
    private const int Users = 60;
    private const int MaxActive = 10;

    [Fact]
    public async Task Kill_WhilePeopleWait_KeepsTheLine()
    {
        using var folder = new DataFolder();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var settings = new Dictionary<string, string>(Hosts.Quiet)
        {
            ["Admin:Key"] = Client.AdminKey,
            ["WaitingRoom:MaxActive"] = $"{MaxActive}",
            ["WaitingRoom:AdmitPerInterval"] = "5",
            ["WaitingRoom:AdmitInterval"] = "00:00:00.5",
            ["Timers:AdmitWaiting"] = "00:00:00.1",
        };
        await using var service = new CrashingService(folder, settings, random);
        using var client = new Client(service);
        await service.StartAsync();
        var concert = (await new Box(client).OpenAsync([10], [])).ConcertId;
        var line = new Line(client, concert);

        // They join in a known order, with crashes in between.
        var joining = line.JoinAllAsync(Users);
        for (var i = 0; i < CrashDrill.KillsPerSale - 1; i++)
        {
            await Task.Delay(random.Next(50, 400), TestContext.Current.CancellationToken);
            await service.KillAsync();
            await service.StartAsync();
        }

        await joining;
        await service.KillAsync();
        await service.StartAsync();
        await line.GoThroughAsync(MaxActive);
        line.Faults.Concat(client.Strange).ShouldBeEmpty($"seed {seed}");
    }

    /// <summary>The people of one room in the order in which they joined, and what each was told last.</summary>
    private sealed class Line(Client client, string concertId)
    {
        private readonly List<(string Token, long? Position)> _people = [];
        private readonly HashSet<int> _left = [];

        public List<string> Faults { get; } = [];

        public async Task JoinAllAsync(int users)
        {
            for (var i = 0; i < users; i++)
            {
                var answer = await client.SendAsync(HttpMethod.Post, "api/queue/issue", new { userId = $"u{i}", concertId }, key: $"join-{i}");
                answer!.Status.ShouldBe(201, answer.Code);
                _people.Add((answer.Text("token"), Position(answer)));
            }
        }

        /// <summary>Polls until everybody had their turn; who is admitted leaves, so that the next ones come up.</summary>
        public async Task GoThroughAsync(int maxActive)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (_left.Count < _people.Count)
            {
                var active = await PollAsync();
                if (active.Count > maxActive)
                {
                    Faults.Add($"Q1 {active.Count} are active at once");
                }

                foreach (var one in active)
                {
                    (await client.SendAsync(HttpMethod.Delete, "api/queue", token: _people[one].Token))!.Status.ShouldBe(204);
                    _left.Add(one);
                }

                await Task.Delay(50, patience.Token);
            }
        }

        /// <summary>From the last to the first, so that each reading of somebody further ahead is the later one and must be further ahead.</summary>
        private async Task<List<int>> PollAsync()
        {
            var active = new List<int>();
            var behind = long.MaxValue;
            for (var i = _people.Count - 1; i >= 0; i--)
            {
                if (_left.Contains(i))
                {
                    continue;
                }

                var answer = await client.GetAsync("api/queue/check", _people[i].Token);
                var status = answer.Status == 200 ? answer.Text("status") : answer.Code;
                var position = status == "ACTIVE" ? 0 : status == "WAITING" ? Position(answer) ?? -1 : -1;
                if (position < 0 || position > _people[i].Position || (position >= behind && position > 0) || (behind == 0 && position > 0))
                {
                    Faults.Add($"Q1 u{i} was at {_people[i].Position} and is {status} at {position}, with {behind} behind");
                }

                behind = position;
                _people[i] = (_people[i].Token, Math.Max(0, position));
                if (status == "ACTIVE")
                {
                    active.Add(i);
                }
            }

            return active;
        }

        private static long? Position(Answer answer) =>
            answer.Data.TryGetProperty("position", out var position) && position.ValueKind == System.Text.Json.JsonValueKind.Number ? position.GetInt64() : null;
    }
}
