//! What the providers of the situations ask for.

use crate::words::about::Field;

pub const FIELDS_SSO: &[Field] = &[
    Field {
        key: "start-url",
        label: "Start URL",
        required: true,
        example: "https://acme.awsapps.com/start",
        secret: false,
    },
    Field { key: "region", label: "Region", required: true, example: "eu-west-1", secret: false },
    Field { key: "scopes", label: "Scopes", required: false, example: "sso:account:access", secret: false },
    Field {
        key: "oidc-endpoint",
        label: "Address of the OIDC service",
        required: false,
        example: "https://oidc.eu-west-1.amazonaws.com",
        secret: false,
    },
];
pub const FIELDS_PROFILE: &[Field] = &[
    Field { key: "account", label: "Account", required: true, example: "123456789012", secret: false },
    Field { key: "role", label: "Role", required: true, example: "AdministratorAccess", secret: false },
];
pub const FIELDS_COGNITO: &[Field] = &[
    Field { key: "region", label: "Region", required: true, example: "eu-west-1", secret: false },
    Field { key: "user-pool-id", label: "User pool", required: true, example: "eu-west-1_AbCdEfGhI", secret: false },
    Field {
        key: "client-id",
        label: "App client",
        required: true,
        example: "1h57kf5cpq17m0eml12EXAMPLE",
        secret: false,
    },
    Field { key: "client-secret", label: "App client secret", required: false, example: "…", secret: true },
];
