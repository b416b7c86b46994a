from backoffice.extensions import db


class Team(db.Model):
    __tablename__ = "team"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(60), nullable=False)


class Staff(db.Model):
    __tablename__ = "staff"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(120), nullable=False)
    email = db.Column(db.String(120))
    team_id = db.Column(db.ForeignKey("team.id"), nullable=False)

    team = db.relationship("Team")


class Customer(db.Model):
    __tablename__ = "customer"

    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(120), unique=True, nullable=False)
    city = db.Column(db.String(60))
    crm_ref = db.Column(db.String(30))

    profile = db.relationship("CustomerProfile", uselist=False, back_populates="customer")
    tickets = db.relationship("Ticket", back_populates="customer")
    complaints = db.relationship("Complaint", back_populates="customer")


class CustomerProfile(db.Model):
    __tablename__ = "customer_profile"

    id = db.Column(db.Integer, primary_key=True)
    customer_id = db.Column(db.ForeignKey("customer.id"), unique=True, nullable=False)
    first_name = db.Column(db.String(60))
    surname = db.Column(db.String(60))

    customer = db.relationship("Customer", back_populates="profile")
