param actionGroupName string
param email string
param workspaceId string
param serviceBusId string
param queueName string
param cosmosId string
param location string
param tags object

// Refusals by Cosmos DB in five minutes that are more than the odd one the client retries.
var throttledRequestsThreshold = 100

// Seconds from accepting a command to its outcome, as P95 of the one-minute averages that arrive.
var outcomeSecondsThreshold = 5

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'concert'
    enabled: true
    emailReceivers: empty(email)
      ? []
      : [
          {
            name: 'operators'
            emailAddress: email
            useCommonAlertSchema: true
          }
        ]
  }
}

resource deadLettersWaiting 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'dead-letters-waiting'
  location: 'global'
  tags: tags
  properties: {
    description: 'Messages lie in the dead-letter queue: OnDeadLetter does not get them done. Their buyers still read PENDING.'
    severity: 1
    enabled: true
    scopes: [
      serviceBusId
    ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: [
                queueName
              ]
            }
          ]
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Maximum'
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroup.id
      }
    ]
  }
}

resource throttled 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'cosmos-throttled'
  location: 'global'
  tags: tags
  properties: {
    description: 'Cosmos DB answers 429 more often than a retry hides: outcomes get slow.'
    severity: 2
    enabled: true
    scopes: [
      cosmosId
    ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'throttled-requests'
          metricNamespace: 'Microsoft.DocumentDB/databaseAccounts'
          metricName: 'TotalRequests'
          dimensions: [
            {
              name: 'StatusCode'
              operator: 'Include'
              values: [
                '429'
              ]
            }
          ]
          operator: 'GreaterThan'
          threshold: throttledRequestsThreshold
          timeAggregation: 'Count'
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroup.id
      }
    ]
  }
}

// OnDeadLetter empties the dead-letter queue within seconds, so that its length alone would miss what it handled.
resource deadLettered 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'command-dead-lettered'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'command-dead-lettered'
    description: 'A command was dead-lettered. Its buyer has been told; somebody must find out why.'
    severity: 2
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      allOf: [
        {
          // Requests are sampled, metrics are not.
          query: '''
union isfuzzy=true
  (AppMetrics | where Name == 'concert.commands.dead_letters' and Sum > 0 | project TimeGenerated),
  (AppRequests | where Name == 'OnDeadLetter' or OperationName == 'OnDeadLetter' | project TimeGenerated)
'''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: false
    skipQueryValidation: true
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}

resource slowOutcomes 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'outcomes-slow'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'outcomes-slow'
    description: 'Buyers wait too long between 202 and their outcome.'
    severity: 2
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      allOf: [
        {
          query: '''
AppMetrics
| where Name == 'concert.outcome.duration' and ItemCount > 0
| summarize P95Seconds = percentilew(Sum / ItemCount, ItemCount, 95)
| where isnotnull(P95Seconds)
'''
          metricMeasureColumn: 'P95Seconds'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: outcomeSecondsThreshold
        }
      ]
    }
    autoMitigate: true
    skipQueryValidation: true
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}

resource invariantBroken 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'invariant-broken'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'invariant-broken'
    description: 'Oversell detector: a handler saw what must never be, such as a seat with two live reservations. Stop the sale.'
    severity: 0
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      allOf: [
        {
          query: '''
union isfuzzy=true
  (AppMetrics | where Name == 'concert.invariant.broken' and Sum > 0 | project TimeGenerated),
  (AppEvents | where Name == 'concert.invariant.broken' | project TimeGenerated),
  (AppTraces | where Message startswith 'concert.invariant.broken' or tostring(Properties.EventName) == 'concert.invariant.broken' | project TimeGenerated)
'''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: false
    skipQueryValidation: true
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}

resource nobodyAdmitted 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'nobody-admitted'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'nobody-admitted'
    description: 'People wait and nobody is let in: the line stands still, or the timer that moves it does not run.'
    severity: 1
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT5M'
    // Longer than a token is active: a room full of buyers who take their time admits nobody for ten minutes, rightly. Longer WaitingRoom:ActiveFor, longer window.
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          // The gauge is there at every round while a room has members; people who ask where they stand and no round at all is a timer that does not run.
          query: '''
let rounds = AppMetrics
  | where Name in ('concert.tokens.waiting', 'concert.tokens.admitted') and ItemCount > 0
  | extend Room = tostring(Properties.room), IsWaiting = Name == 'concert.tokens.waiting'
  | summarize Waiting = minif(Sum / ItemCount, IsWaiting), Rounds = countif(IsWaiting), Span = maxif(TimeGenerated, IsWaiting) - minif(TimeGenerated, IsWaiting), Admitted = sumif(Sum, not(IsWaiting)) by Room;
let asked = AppRequests | where Name == 'CheckToken' and Success | summarize Asked = count();
union
  (rounds | where Rounds > 0 and Waiting > 0 and Admitted == 0 and Span >= 12m | project Reason = strcat('room ', Room)),
  (asked | where Asked > 0 and toscalar(rounds | summarize sum(Rounds)) == 0 | project Reason = 'no admission round')
'''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: true
    skipQueryValidation: true
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}
