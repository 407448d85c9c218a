using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Dependencies.Postgres;
using Npgsql;

namespace ChaosBench.Tests.Server.Dependencies.Postgres;

public class PostgresAddressTests
{
    [Fact]
    public void Parse_WholeUrl_IsUnescaped()
    {
        var settings = PostgresAddress.Parse("postgres://al%40ice:p%40ss%2Fw%3Ard@db.example:6432/the%20store?sslmode=verify-full").ToSettings();

        Assert.Equal(
            ("db.example", 6432, "al@ice", "p@ss/w:rd", "the store", SslMode.VerifyFull),
            (settings.Host, settings.Port, settings.Username, settings.Password, settings.Database, settings.SslMode));
    }

    [Fact]
    public void Parse_NoPortNoPassword_TakesTheUsualPort()
    {
        var settings = PostgresAddress.Parse("postgresql://alice@[::1]/store").ToSettings();

        Assert.Equal(("::1", 5432, null), (settings.Host, settings.Port, settings.Password));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hunter2")]
    [InlineData("mysql://alice:hunter2@host/db")]
    [InlineData("postgres://alice:hunter2@/db")]
    [InlineData("postgres://alice:hunter2@host")]
    [InlineData("postgres://alice:hunter2@host/db/more")]
    [InlineData("postgres://host/hunter2")]
    [InlineData("postgres://:hunter2@host/db")]
    [InlineData("postgres://alice:hunter2@host,other/db")]
    [InlineData("postgres://alice:hunter2@host/db?host=other")]
    [InlineData("postgres://alice:hunter2@host/db?sslmode=require&options=-c%20x")]
    [InlineData("Host=host;Password=hunter2")]
    public void Parse_AnythingElse_SaysTheFormAndShowsNothing(string url)
    {
        var problem = Assert.Throws<DependencyUnavailableException>(() => PostgresAddress.Parse(url));

        Assert.Contains("postgres://USER:PASSWORD@HOST:PORT/DATABASE", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_HoldsNoPassword() => Assert.DoesNotContain(
        "hunter2",
        new ContextStoreOptions { Postgres = new PostgresOptions { Address = PostgresAddress.Parse("postgres://a:hunter2@h/d") } }.ToString(),
        StringComparison.Ordinal);
}
