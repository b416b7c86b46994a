from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="BREWHOUSE_", env_file=".env")

    database_url: str = "postgresql+psycopg://brewhouse@localhost/brewhouse"
    redis_url: str = "redis://localhost:6379/0"
    accounting_url: str = "https://accounting.example.test/api"
    accounting_token: str = ""
    upload_dir: str = "/var/lib/brewhouse/uploads"
    mail_from: str = "brewery@example.test"


settings = Settings()
