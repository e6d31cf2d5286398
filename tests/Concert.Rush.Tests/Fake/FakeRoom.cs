namespace Concert.Rush.Tests.Fake;

/// <summary>One waiting room of the fake: first in, first out, two limits. Its caller holds the lock.</summary>
internal sealed class FakeRoom(FakeSettings settings, string id)
{
    private readonly List<string> _waiting = [];
    private readonly HashSet<string> _active = [];
    private readonly Dictionary<string, string> _tokenOf = [];
    private readonly Queue<DateTimeOffset> _admissions = [];

    /// <summary>Null when the user is in here already.</summary>
    public string? Join(string user)
    {
        if (_tokenOf.ContainsKey(user))
        {
            return null;
        }

        var token = $"{id}|{user}|{Guid.NewGuid():N}";
        _tokenOf[user] = token;
        _waiting.Add(token);
        return token;
    }

    public (string Status, int? Position) Look(string token)
    {
        Admit();
        var place = _waiting.IndexOf(token);
        return place >= 0 ? ("WAITING", place + 1) : (_active.Contains(token) ? "ACTIVE" : "ENDED", null);
    }

    public void End(string token)
    {
        _waiting.Remove(token);
        if (_active.Remove(token) | (_tokenOf.GetValueOrDefault(User(token)) == token))
        {
            _tokenOf.Remove(User(token));
        }
    }

    public static string User(string token) => token.Split('|')[1];

    public static string Room(string token) => token.Split('|')[0];

    private void Admit()
    {
        var now = DateTimeOffset.UtcNow;
        while (_admissions.TryPeek(out var oldest) && now - oldest >= settings.AdmitInterval)
        {
            _admissions.Dequeue();
        }

        while (_waiting.Count > 0 && _active.Count < settings.MaxActive && _admissions.Count < settings.AdmitPerInterval)
        {
            _active.Add(_waiting[0]);
            _waiting.RemoveAt(0);
            _admissions.Enqueue(now);
        }
    }
}
