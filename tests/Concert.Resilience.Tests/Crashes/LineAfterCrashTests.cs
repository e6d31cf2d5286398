using Concert.Resilience.Tests.Crashes.Host;
using Concert.Resilience.Tests.Crashes.Load;
using Concert.Resilience.Tests.Crashes.Sales;

namespace Concert.Resilience.Tests.Crashes;

/// <summary>The line through crashes: tokens stay good, places are kept, nobody overtakes.</summary>
public sealed class LineAfterCrashTests
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
            ["Admin:Key"] = CrashClient.AdminKey,
            ["WaitingRoom:MaxActive"] = $"{MaxActive}",
            ["WaitingRoom:AdmitPerInterval"] = "5",
            ["WaitingRoom:AdmitInterval"] = "00:00:00.5",
            ["AdmitWaitingSchedule"] = "00:00:00.1",
        };
        await using var service = new CrashingService(folder, settings, random);
        using var client = new CrashClient(service);
        await service.StartAsync();
        var concert = (await Box.OpenAsync(client, [10], [])).ConcertId;
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
        line.Broken.Select(b => b.ToString()).Concat(client.Strange).ShouldBeEmpty($"seed {seed}");
    }

    /// <summary>The people of one room in the order in which they joined, and what each was told last.</summary>
    private sealed class Line(CrashClient client, string concertId)
    {
        private readonly List<(string Token, long? Position)> _people = [];
        private readonly HashSet<int> _left = [];

        public List<BrokenPromise> Broken { get; } = [];

        public async Task JoinAllAsync(int users)
        {
            for (var i = 0; i < users; i++)
            {
                var key = $"join-{i}";
                var answer = await client.AskAsync((api, end) => api.IssueAsync($"u{i}", concertId, key, end));
                answer!.Status.ShouldBe(201, answer.Code);
                _people.Add((answer.Data!.Token!, answer.Data.Position));
            }
        }

        /// <summary>Polls until everybody had their turn; who is admitted leaves, so that the next ones come up.</summary>
        public async Task GoThroughAsync(int maxActive)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (_left.Count < _people.Count)
            {
                var active = await PollAsync();
                Broken.AddRange(FairLine.Check(new RoomEvidence("the room", maxActive, [.. active.Select(i => new MemberFact($"u{i}", Status.Active, i))])));
                foreach (var one in active)
                {
                    (await client.AskAsync((api, end) => api.LeaveAsync(_people[one].Token, end)))!.Status.ShouldBe(204);
                    _left.Add(one);
                }

                await Task.Delay(50, patience.Token);
            }
        }

        /// <summary>From the last to the first, so that each reading of somebody further ahead is the later one and must be further ahead.</summary>
        private async Task<List<int>> PollAsync()
        {
            var active = new List<int>();
            var places = new List<PlaceInLine>();
            for (var i = _people.Count - 1; i >= 0; i--)
            {
                if (_left.Contains(i))
                {
                    continue;
                }

                var answer = (await client.AskAsync((api, end) => api.CheckAsync(_people[i].Token, end)))!;
                long? position = answer.Data?.Status switch { Status.Active => 0, Status.Waiting => answer.Data.Position, _ => null };
                places.Add(new PlaceInLine($"u{i}", _people[i].Position, position));
                _people[i] = (_people[i].Token, position ?? 0);
                if (position == 0)
                {
                    active.Add(i);
                }
            }

            Broken.AddRange(FairLine.Line(places));
            return active;
        }
    }
}
