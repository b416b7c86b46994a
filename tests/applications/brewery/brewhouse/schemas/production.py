from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class ORMModel(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class RecipeBrief(ORMModel):
    id: int
    name: str
    style: str
    abv: Decimal


class BatchBrief(ORMModel):
    id: int
    code: str
    status: str
    volume_hl: Decimal


class BatchOut(BatchBrief):
    brewed_on: date | None
    recipe: RecipeBrief


class IngredientOut(ORMModel):
    id: int
    name: str
    kind: str


class RecipeLineOut(ORMModel):
    kg_per_hl: Decimal
    stage: str
    ingredient: IngredientOut


class RecipeOut(RecipeBrief):
    target_og: Decimal
    ingredients: list[RecipeLineOut] = Field(default_factory=list)


class TankLoad(BaseModel):
    id: int
    name: str
    capacity_hl: Decimal
    filled_hl: Decimal
    free_hl: Decimal


class BatchCostOut(BaseModel):
    code: str
    recipe: str
    kg_total: Decimal
    cost: Decimal
