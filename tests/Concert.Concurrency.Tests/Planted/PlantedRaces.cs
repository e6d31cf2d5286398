using Concert.Concurrency.Tests.Exploration;

namespace Concert.Concurrency.Tests.Planted;

/// <summary>Races as they get written, one or more for each structure that threads share.</summary>
internal static class PlantedRaces
{
    public static IReadOnlyList<PlantedRace> All { get; } =
    [
        new(
            "LaneRemovedOutsideTheLock",
            "WalletWriter.cs",
            """
                        if (leave && taken.Count == 0)
                        {
                            _lanes.Remove(userId);
                        }
                    }
            """,
            """
                    }

                    if (leave && taken.Count == 0)
                    {
                        lock (_lock)
                        {
                            _lanes.Remove(userId);
                        }
                    }
            """,
            "WalletWriters.EveryChangeIsAnswered"),
        new(
            "LaneEnteredOutsideTheLock",
            "WalletWriter.cs",
            """
                        lane.Enqueue(waiting);
                    }
            """,
            """
                    }

                    lock (_lock)
                    {
                        (mine ?? _lanes.GetValueOrDefault(userId) ?? new Lane()).Enqueue(waiting);
                    }
            """,
            "WalletWriters.EveryChangeIsAnswered"),
        new(
            "LaneLeftAfterAFault",
            "WalletWriter.cs",
            """
                            batch.Fail(e);
            """,
            """
                            batch.Fail(e);
                            lock (_lock)
                            {
                                _lanes.Remove(userId);
                            }

                            return;
            """,
            "WalletWriters.AFaultIsToldAndTheNextIsServed"),
        new(
            "AdmissionCountedWithoutBeingAdded",
            "AdmissionMemory.cs",
            "if (_activeUntil.TryAdd(id, end))",
            "if (_activeUntil.TryAdd(id, end) || true)",
            "AdmissionMemories.TheCountIsThatOfWhatIsKept"),
        new(
            "AdmissionCountNotAtomic",
            "AdmissionMemory.cs",
            "Interlocked.Increment(ref _count);",
            "_count++;",
            "AdmissionMemories.TheCountIsThatOfWhatIsKept"),
        new(
            "AdmissionReplacedWithoutLooking",
            "AdmissionMemory.cs",
            "if (known == end || known == Ended || _activeUntil.TryUpdate(id, end, known))",
            "if (known == end || known == Ended || _activeUntil.AddOrUpdate(id, end, (_, _) => end) == end)",
            "AdmissionMemories.AnEndedTokenIsNotBroughtBack"),
        new(
            "ForgottenWithoutATrace",
            "AdmissionMemory.cs",
            "public void Forget(TokenClaims claims) => Keep(claims.Id, Ended);",
            "public void Forget(TokenClaims claims) => Remove(claims.Id);",
            "AdmissionMemories.AnEndedTokenIsNotBroughtBack"),
        new(
            "BuildJoinedOutsideTheLock",
            "MemorySeatMapCache.cs",
            """
                        shared.Waiting++;
                    }
            """,
            """
                    }

                    lock (_lock)
                    {
                        shared.Waiting++;
                    }
            """,
            "SeatMapCaches.EmbeddedOneWhoGivesUpTakesNobodyAlong"),
        new(
            "ChangeToldOnlyWhenItIsOver",
            "MemorySeatMapCache.cs",
            """
            public bool IsCurrent => Changing == 0 && KeptVersion == Version;
            """,
            """
            public bool IsCurrent => KeptVersion == Version;
            """,
            "SeatMapCaches.EmbeddedWhoHasSeenAChangeSeesItInTheMap"),
        new(
            "BuildSharedWhateverWasChanged",
            "MemorySeatMapCache.cs",
            """
            Changing == 0 && running.Version == Version && !running.IsAbandoned;
            """,
            """
            !running.IsAbandoned;
            """,
            "SeatMapCaches.EmbeddedWhoHasSeenAChangeSeesItInTheMap"),
        new(
            "KeptUnderTheVersionAtTheEnd",
            "MemorySeatMapCache.cs",
            """
            (built, ended.Version);
            """,
            """
            (built, entry.Version);
            """,
            "SeatMapCaches.EmbeddedWhoHasSeenAChangeSeesItInTheMap"),
        new(
            "BuildForgottenBeforeItIsKept",
            "RedisSeatMapCache.cs",
            """
                        var found = await FetchOrBuildAsync(wanted, build, limit.Token);
            """,
            """
                        _underWay.TryRemove((wanted.Section, wanted.Version), out _);
                        var found = await FetchOrBuildAsync(wanted, build, limit.Token);
            """,
            "SeatMapCaches.RedisBuildsOnceForAll"),
        new(
            "FailedBuildStays",
            "RedisSeatMapCache.cs",
            """
                    finally
                    {
                        _underWay.TryRemove((wanted.Section, wanted.Version), out _);
            """,
            """
                    finally
                    {
            """,
            "SeatMapCaches.RedisBuildsAgainAfterAFailure"),
        new(
            "GateLooksAndTakesInTwoLocks",
            "EmbeddedSeatGate.cs",
            """
                        foreach (var seatId in seatIds)
                        {
                            _entries[(partition, seatId)] = (owner, now + lifetime);
            """,
            """
                    }

                    lock (_lock)
                    {
                        foreach (var seatId in seatIds)
                        {
                            _entries[(partition, seatId)] = (owner, now + lifetime);
            """,
            "SeatGates.OverlappingCartsNeverShareASeat"),
    ];
}
