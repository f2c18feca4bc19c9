# Makes calls with boto3: a line of JSON each, [service, operation, input], is answered by one, {"answer"} or {"error"}.
import json
import sys

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

clients = {name: boto3.client(name, endpoint_url=sys.argv[1], region_name='us-east-1') for name in ('application-autoscaling', 'cloudwatch', 'dynamodb', 'dynamodbstreams', 'rekognition', 's3')}


def plain(value):
    return value.read().decode() if isinstance(value, StreamingBody) else str(value)


for line in sys.stdin:
    service, operation, given = json.loads(line)
    try:
        told = {'answer': getattr(clients[service], xform_name(operation))(**given)}
    except (BotoCoreError, ClientError) as error:
        told = {'error': str(error)}
    print(json.dumps(told, default=plain), flush=True)
