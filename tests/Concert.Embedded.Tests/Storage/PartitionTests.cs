using System.Text;
using Concert.Embedded.Storage;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Storage;

public sealed class PartitionTests
{
    [Fact]
    public void Partition_LargeWithRandomWrites_IsASortedMap()
    {
        var random = new Random(7);
        var partition = new Partition(Booking.Storage.DocumentContainer.Bookings, "p", 0);
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var i = 1; i <= 20_000; i++)
        {
            var id = $"d{random.Next(12_000):D6}";
            var bytes = Encoding.UTF8.GetBytes(id);
            if (random.Next(5) == 0)
            {
                partition.Remove(bytes, i).IsAbsent.ShouldBe(!expected.Remove(id));
            }
            else
            {
                var old = partition.Put(PackedDocument.Pack(bytes, "{}"u8, default, null).WithRevision(i));
                (old.IsAbsent ? 0 : old.Revision).ShouldBe(expected.GetValueOrDefault(id));
                expected[id] = i;
            }

            partition.Count.ShouldBe(expected.Count);
            if (i % 997 == 0)
            {
                partition.LowerBound(bytes).ShouldBe(expected.Keys.Count(key => string.CompareOrdinal(key, id) < 0));
            }

            var found = partition.Find(bytes);
            (found.IsAbsent ? 0 : found.Revision).ShouldBe(expected.GetValueOrDefault(id));
        }

        partition.ToArray().Select(document => (Encoding.UTF8.GetString(document.Id), document.Revision)).ShouldBe(expected.Select(e => (e.Key, e.Value)));
    }
}
