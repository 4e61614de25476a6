//! `CallFunction`: evaluates one call of a function.

use super::Rpc;
use crate::lifecycle::{FunctionError, Provider};
use crate::plugin::proto::tfplugin6::call_function::{Request, Response};
use crate::plugin::proto::tfplugin6::{self as proto};
use crate::plugin::wire;
use crate::terraform::{Diagnostic, Diagnostics};

impl Rpc for Request {
    type Response = Response;

    const NAME: &'static str = "CallFunction";

    fn subject(&self) -> &str {
        &self.name
    }

    fn refuse(response: &mut Response, diagnostics: Diagnostics) {
        let texts = diagnostics.iter().map(|said| format!("{}\n\n{}", said.summary, said.detail));
        let text = texts.collect::<Vec<_>>().join("\n\n");
        response.error = Some(error(FunctionError { text, argument: None }));
    }

    async fn answer(self, provider: &Provider) -> Result<Response, Diagnostic> {
        let Some(function) = provider.schemas().functions.get(&self.name) else {
            let summary = format!("There is no function {}", self.name);
            return Err(Diagnostic::error(summary, "A newer version of the provider may have it."));
        };
        let arguments = self.arguments.iter().zip(&function.parameters);
        let arguments = arguments
            .map(|(argument, (_, ty, _))| wire::read_value("argument", Some(argument), ty))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(match provider.call(&self.name, &arguments) {
            Ok(value) => {
                Response { result: Some(wire::dynamic(&value, &function.returns)), error: None }
            }
            Err(wrong) => Response { result: None, error: Some(error(wrong)) },
        })
    }
}

fn error(FunctionError { text, argument }: FunctionError) -> proto::FunctionError {
    proto::FunctionError { text, function_argument: argument }
}
