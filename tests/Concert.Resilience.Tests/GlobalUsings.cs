global using Concert.Testing.Http;
global using Concert.Testing.Promises;
global using Concert.Testing.Sales;
global using Shouldly;
global using Xunit;

// One host at a time: these tests kill processes in the middle of a load, fill disks and count threads and bytes, and would otherwise mostly measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
