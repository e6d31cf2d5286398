using Concert.Consistency.Tests.Reading;
using Shouldly;

namespace Concert.Consistency.Tests;

public sealed class BicepReaderTests
{
    private const string Template =
        """
        @secure()
        param key string = newGuid() // a comment
        param given int
        var list = [
          'a'
          { name: 'b', on: true }
        ]
        var chosen = given > 1
          ? { size: 2 }
          : { size: 1 }
        @onlyIfNotExists()
        resource one 'Some.Type/things@2024-01-01' = if (given == 2) {
          name: 'it is ${list[0] == 'a' ? 'A' : 'B'}'
          'odd.name': -1
        }
        resource many 'Some.Type/others@2024-01-01' = [
          for item in list: {
            parent: one
            query: '''
        where x == 'y'
        '''
          }
        ]
        module part './part.bicep' = {
          params: {
            key: key
          }
        }
        output name string = one.name
        """;

    private readonly BicepFile _file = BicepFile.Parse("template", Template);

    [Fact]
    public void Parse_Parameters_KnowsDefaultAndSecrecy()
    {
        _file.Parameters["key"].IsSecure.ShouldBeTrue();
        _file.Parameters["key"].Default!.Text.ShouldBe("newGuid ( )");
        _file.Parameters["given"].Default.ShouldBeNull();
        _file.Parameters["given"].IsSecure.ShouldBeFalse();
    }

    [Fact]
    public void Parse_Variables_KeepsValuesAndExpressions()
    {
        _file.Variables["list"].Items[0].Text.ShouldBe("a");
        _file.Variables["list"].Items[1]["on"].Text.ShouldBe("true");
        _file.Variables["chosen"].Text.ShouldBe("given > 1 ? { size : 2 } : { size : 1 }");
    }

    [Fact]
    public void Parse_Resources_ReadsConditionsLoopsAndDecorators()
    {
        var one = _file.Resource("Some.Type/things");
        one.Decorators.ShouldBe(["onlyIfNotExists"]);
        one.Declared["name"].Text.ShouldBe("it is ${list[0] == 'a' ? 'A' : 'B'}");
        one.Declared["odd.name"].Text.ShouldBe("- 1");
        _file.Resource("Some.Type/others").Declared["query"].Text.ShouldContain("where x == 'y'");
    }

    [Fact]
    public void Parse_ModulesAndOutputs_AreFound()
    {
        _file.Modules.ShouldHaveSingleItem().Given.ShouldBe(["key"]);
        _file.Outputs["name"].Text.ShouldBe("one . name");
    }
}
