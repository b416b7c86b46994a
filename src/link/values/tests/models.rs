//! Settings classes of pydantic: nested models, validators, prefixes.

use super::World;

const NESTED: &str = r#"
from pydantic import BaseModel, Field, AliasChoices
from pydantic_settings import BaseSettings, SettingsConfigDict
class Pool(BaseModel):
    size: int = 5
    overflow: int = 10
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    pool: Pool = Pool(size=7)
    other: Pool
    host: str = Field("db", validation_alias=AliasChoices("PGHOST", "DB_HOST"))
s = Settings()
X = [s.pool.size, s.pool.overflow, s.host]
"#;

#[test]
fn nested_models_have_variables_of_their_own() {
    let world = World::of(&[("a.py", NESTED)]);
    assert_eq!(world.show(&["X"]), "[7, 10, db]");
    let world = world.with("APP_POOL__SIZE", "20").with("DB_HOST", "other");
    assert_eq!(world.show(&["X"]), "[20, 10, other]");
}

#[test]
fn validators_that_build_an_address() {
    let old = r#"
from pydantic import BaseSettings, PostgresDsn, validator
class Settings(BaseSettings):
    HOST: str = "db"
    NAME: str = "d"
    URL: str = None
    @validator("URL", pre=True)
    def assemble(cls, v, values):
        if isinstance(v, str):
            return v
        return PostgresDsn.build(scheme="postgresql", host=values.get("HOST"), path=f"/{values.get('NAME') or ''}")
    class Config:
        env_prefix = "P_"
X = Settings().URL
"#;
    assert_eq!(World::of(&[("a.py", old)]).show(&["X"]), "postgresql://*@db/d");
    assert_eq!(World::of(&[("a.py", old)]).with("P_URL", "postgresql://x/y").show(&["X"]), "postgresql://x/y");
    let new = r#"
from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    HOST: str = "db"
    URL: str | None = None
    OTHER: str = ""
    @field_validator("URL", mode="before")
    @classmethod
    def assemble(cls, v, info):
        if v:
            return v
        return f"postgresql://{info.data['HOST']}/{info.data.get('HOST')}"
    @model_validator(mode="after")
    def whole(self):
        self.OTHER = "redis://" + self.HOST
        return self
s = Settings()
X = [s.URL, s.OTHER]
"#;
    assert_eq!(World::of(&[("a.py", new)]).show(&["X"]), "[postgresql://db/db, redis://db]");
    assert_eq!(World::of(&[("a.py", new)]).with("HOST", "h").show(&["X"]), "[postgresql://h/h, redis://h]");
}

#[test]
fn a_validator_that_cannot_be_read_leaves_its_field_unknown() {
    let text = "from pydantic import field_validator\nfrom pydantic_settings import BaseSettings\nimport vendor\nclass S(BaseSettings):\n    n: int = 5\n    m: int = 6\n    \
                @field_validator('n')\n    @classmethod\n    def check(cls, v):\n        return vendor.twice(v)\nX = S().m\nY = S().n\n";
    let world = World::of(&[("a.py", text)]);
    assert_eq!(world.show(&["X"]), "6");
    assert_eq!(world.show(&["Y"]), "<vendor.twice>");
}

#[test]
fn an_env_file_fills_settings() {
    let text = "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env')\n    pool_size: int = 5\nX = S().pool_size\n";
    let files = [("api/.env", "POOL_SIZE=12\n"), ("api/app/config.py", text)];
    assert_eq!(World::of(&files).show(&["X"]), "12");
    assert_eq!(World::of(&files).with("POOL_SIZE", "3").show(&["X"]), "3");
}
