global using Shouldly;
global using Xunit;

// The runs measure memory and timeouts of a host in this process: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
