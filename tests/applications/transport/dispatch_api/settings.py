from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DISPATCH_")

    database_url: str = "postgresql+psycopg://dispatch@localhost/dispatch"
    async_database_url: str = "postgresql+asyncpg://dispatch@localhost/dispatch"
    certificate_warning_days: int = 30
    positions_url: str = "http://avl.internal/positions"


settings = Settings()
