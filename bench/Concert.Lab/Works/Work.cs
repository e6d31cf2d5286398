namespace Concert.Lab.Works;

/// <summary>The same work for every way: what is there before, what is asked, how many ask at a time.</summary>
/// <param name="Id">For <c>--works</c>.</param>
/// <param name="Title">For the table.</param>
/// <param name="Kind">All operations are of this kind.</param>
/// <param name="OpeningBalance">Won in the wallet before: enough for every use, whatever the order.</param>
/// <param name="SeatCount">Seats 1 to this many, free.</param>
/// <param name="Capacity">Counted places.</param>
/// <param name="Operations">In the order they are sent.</param>
/// <param name="Callers">Operations on their way at a time.</param>
/// <param name="IsContended">Everybody wants the same few rows.</param>
internal sealed record Work(
    string Id,
    string Title,
    OperationKind Kind,
    long OpeningBalance,
    int SeatCount,
    int Capacity,
    IReadOnlyList<Operation> Operations,
    int Callers,
    bool IsContended)
{
    public const string Wallet = "wallet-3k";
    public const string BigWallet = "wallet-30k";
    public const string OneSeat = "one-seat";
    public const string Places = "places";
    public const string Seats = "seats";
    public const string Carts = "carts";

    private const long Charge = 1_000;
    private const long Use = 700;
    private const int WalletCallers = 6_000;
    private const int SeatsPerCart = 4;

    public static readonly IReadOnlyList<string> Ids = [Wallet, BigWallet, OneSeat, Places, Seats, Carts];

    /// <param name="id">One of <see cref="Ids"/>.</param>
    /// <param name="scale">1 for the size in its title; less for a smaller one of the same shape.</param>
    public static Work Create(string id, double scale = 1)
    {
        var random = new Random(12);
        int Scaled(int count) => Math.Max(8, (int)(count * scale));
        return id switch
        {
            Wallet => OfWallet(id, Scaled(3_000)),
            BigWallet => OfWallet(id, Scaled(30_000)),
            OneSeat => OfSeats(id, $"{Scaled(1_000):N0} buyers on one seat", 1, [.. Enumerable.Repeat(new[] { 1 }, Scaled(1_000))], true),
            Places => new Work(
                id, $"{Scaled(1_000):N0} buyers on {Scaled(1_000) / 2:N0} places", OperationKind.Place, 0, 0, Scaled(1_000) / 2,
                [.. Enumerable.Range(1, Scaled(1_000)).Select(i => new Operation(i, OperationKind.Place, 0, []))], Scaled(1_000), true),
            Seats => OfSeats(
                id, $"{Scaled(10_000):N0} buyers on {Scaled(10_000):N0} seats", Scaled(10_000),
                [.. Shuffled(random, Scaled(10_000)).Select(seat => new[] { seat })], false),
            Carts => OfSeats(
                id, $"{Scaled(1_000):N0} carts of {SeatsPerCart} in opposite orders", Math.Max(8, Scaled(1_000) / 5),
                [.. Enumerable.Range(0, Scaled(1_000)).Select(i => Cart(random, i, Math.Max(8, Scaled(1_000) / 5)))], true),
            _ => throw new ArgumentException($"There is no work {id}; there are {string.Join(", ", Ids)}."),
        };
    }

    private static Work OfWallet(string id, int each) => new(
        id, $"{each:N0} charges and {each:N0} uses of one wallet", OperationKind.Wallet, Use * each, 0, 0,
        [.. Enumerable.Range(1, 2 * each).Select(i => new Operation(i, OperationKind.Wallet, i % 2 == 1 ? Charge : -Use, []))],
        Math.Min(2 * each, WalletCallers), true);

    private static Work OfSeats(string id, string title, int seats, IReadOnlyList<int[]> asked, bool isContended) => new(
        id, title, OperationKind.Seats, 0, seats, 0, [.. asked.Select((some, i) => new Operation(i + 1, OperationKind.Seats, 0, some))], asked.Count, isContended);

    /// <summary>Neighbouring seats anywhere in the circle, every other cart from right to left.</summary>
    private static int[] Cart(Random random, int index, int seats)
    {
        var first = random.Next(seats);
        int[] cart = [.. Enumerable.Range(0, SeatsPerCart).Select(i => ((first + i) % seats) + 1)];
        return index % 2 == 0 ? cart : [.. cart.Reverse()];
    }

    private static int[] Shuffled(Random random, int count)
    {
        int[] numbers = [.. Enumerable.Range(1, count)];
        random.Shuffle(numbers);
        return numbers;
    }
}
