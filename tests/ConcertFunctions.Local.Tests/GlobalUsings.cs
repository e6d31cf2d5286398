global using ConcertFunctions.Local.Tests.Support;
global using Shouldly;
global using Xunit;
